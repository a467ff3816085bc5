import type { ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { PgClient } from "@effect/sql-pg"
import { Deferred, Effect, Redacted } from "effect"
import { spawnScript } from "../../../test/fixtures/spawnScript.ts"
import type { EmbeddedPostgres } from "../src/index.ts"

export interface User {
  readonly uid: number
  readonly gid: number
}

/** Another process with an embedded PostgreSQL. */
export interface Holder {
  readonly process: ChildProcess
  /** The server's process number and address. Fails with the output of the process when that ends first. */
  readonly server: Effect.Effect<{ readonly pid: number; readonly url: Redacted.Redacted<string> }, Error>
  readonly ended: Effect.Effect<void>
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
}

const script = new URL("./holder.ts", import.meta.url)

/** Starts another process with an embedded PostgreSQL, as the given user. Kills it when the scope is closed. */
export const hold = (
  options: EmbeddedPostgres.Options,
  { ownGroup = false, ...more }: { readonly user?: User; readonly exits?: boolean; readonly ownGroup?: boolean } = {}
) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const server = yield* Deferred.make<{ pid: number; url: Redacted.Redacted<string> }, Error>()
      const ended = yield* Deferred.make<void>()
      const child = yield* spawnScript(script, { options, ...more }, { detached: ownGroup })
      let said = ""
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString()
      })
      createInterface(child.stdout).on("line", (line) => {
        if (!line.startsWith("{")) {
          said += `${line}\n`
          return
        }
        const { pid, url } = JSON.parse(line) as { pid: number; url: string }
        Deferred.unsafeDone(server, Effect.succeed({ pid, url: Redacted.make(url) }))
      })
      child.once("close", () => {
        Deferred.unsafeDone(server, Effect.fail(new Error(said)))
        Deferred.unsafeDone(ended, Effect.void)
      })
      const holder: Holder = {
        process: child,
        server: Deferred.await(server),
        ended: Deferred.await(ended),
        kill: (signal) =>
          Effect.zipRight(
            Effect.sync(() => child.kill(signal)),
            Deferred.await(ended)
          )
      }
      return holder
    }),
    (holder) => holder.kill("SIGKILL")
  )

/** Runs one statement on the server at the address. */
export const query = (url: Redacted.Redacted<string>, statement: string) =>
  Effect.provide(
    Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe<Record<string, unknown>>(statement)),
    PgClient.layer({ url, maxConnections: 1 })
  )
