import { spawn } from "node:child_process"
import { Effect } from "effect"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import type { ServerUser } from "./serverUser.ts"

/** How PostgreSQL's programs are started. No shell; and nothing of our environment, where PGDATA and the like may be. */
export const spawnOptions = (cwd: string, user: ServerUser | undefined) => ({
  ...user,
  cwd,
  env: { LC_ALL: "C", TZ: "UTC", PATH: "/usr/local/bin:/usr/bin:/bin" }
})

/** Why a program could not even be started. */
export const cannotSpawn = (directory: string, program: string, cause: Error): EmbeddedPostgresError =>
  new EmbeddedPostgresError({
    reason: "NoBinaries",
    directory,
    detail:
      `${program} cannot be started here (${cause.message}). Its binaries need glibc, a folder that allows programs, ` +
      "and, for root, the right to run them as another user. Set DATABASE_URL to use a PostgreSQL server of your own"
  })

/** Runs a program to its end and gives what it wrote; fails with its last lines unless it ended well. */
export const runProgram = (
  directory: string,
  program: string,
  args: ReadonlyArray<string>,
  options: ReturnType<typeof spawnOptions>
): Effect.Effect<string, EmbeddedPostgresError> =>
  Effect.async((resume) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-10_000)
    }
    child.stdout.on("data", collect)
    child.stderr.on("data", collect)
    child.once("error", (cause) => resume(cannotSpawn(directory, program, cause)))
    child.once("close", (code, signal) => {
      const detail = `${program} ended with ${signal ?? code}:\n${output.trim()}`
      resume(code === 0 ? Effect.succeed(output) : new EmbeddedPostgresError({ reason: "Failed", directory, detail }))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })
