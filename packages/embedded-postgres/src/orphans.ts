import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { becomesTrue, isServerOf, startOf } from "./processes.ts"

/** Fast shutdown, immediate shutdown, kill, and the time for each. */
const waysToStop = [
  ["SIGINT", "15 seconds"],
  ["SIGQUIT", "6 seconds"],
  ["SIGKILL", "5 seconds"]
] as const

/** Stops the server. True when it has ended. */
export const stopServer = (pid: number, hasEnded: Effect.Effect<boolean>): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    for (const [signal, within] of waysToStop) {
      yield* Effect.ignore(Effect.try(() => process.kill(pid, signal)))
      if (yield* becomesTrue(hasEnded, within)) return true
      yield* Effect.logWarning(`PostgreSQL (process ${pid}) did not end after ${signal} within ${within}`)
    }
    return false
  })

/**
 * Stops the server that a killed process has left running on the data, and removes its pid file. A stale pid file would
 * prevent the next start when another process has got the same number. Only the process that has locked the folder may
 * call this. PostgreSQL itself does not start while processes of an earlier server still use the data.
 */
export const stopOrphan = (directory: string, data: string): Effect.Effect<void, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const path = join(data, "postmaster.pid")
    const content = yield* Effect.promise(() => readFile(path, "utf8").catch(() => ""))
    const pid = Number.parseInt(content, 10)
    if (!(pid > 0)) return
    if (yield* isServerOf(pid, data)) {
      yield* Effect.logInfo(`Stopping the PostgreSQL (process ${pid}) that a former process left in ${directory}`)
      const hasEnded = Effect.map(startOf(pid), (start) => start === undefined)
      if (!(yield* stopServer(pid, hasEnded))) {
        const detail = `a PostgreSQL left by a former process (process ${pid}) cannot be stopped`
        return yield* new EmbeddedPostgresError({ reason: "FolderInUse", directory, detail })
      }
    }
    yield* attempt(directory, "Removing the pid file of an ended server", () => rm(path, { force: true }))
  })
