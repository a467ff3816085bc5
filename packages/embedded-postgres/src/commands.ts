import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process"
import { Deferred, Effect } from "effect"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import type { ServerUser } from "./serverUser.ts"

/** Options for PostgreSQL's programs. They inherit no environment, because it may contain PGDATA and the like. */
export const spawnOptions = (cwd: string, user: ServerUser | undefined): SpawnOptions => ({
  // `spawn` takes these as signed numbers.
  ...(user === undefined ? {} : { uid: user.uid | 0, gid: user.gid | 0 }),
  cwd,
  env: { LC_ALL: "C", TZ: "UTC", PATH: "/usr/local/bin:/usr/bin:/bin" }
})

/** The error for a program that did not start. */
const cannotSpawn = (directory: string, program: string, cause: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError({
    reason: "NoBinaries",
    directory,
    detail:
      `${program} cannot be started here (${cause instanceof Error ? cause.message : String(cause)}). Its binaries need ` +
      "glibc, a folder that allows programs, and, for root, the right to run them as another user. " +
      "Set DATABASE_URL to use a PostgreSQL server of your own"
  })

/** Starts a process and gives its number. Runs `prepare` before any event of the process. */
export const spawnProgram = (
  directory: string,
  program: string,
  args: ReadonlyArray<string>,
  options: SpawnOptions,
  prepare: (child: ChildProcess) => void
): Effect.Effect<number, EmbeddedPostgresError> =>
  Effect.async((resume) => {
    const fail = (cause: unknown) => resume(cannotSpawn(directory, program, cause))
    try {
      const child = spawn(program, args, options)
      child.on("error", fail)
      child.once("spawn", () => resume(Effect.succeed(child.pid as number)))
      prepare(child)
    } catch (cause) {
      // Some errors are events, others are thrown.
      fail(cause)
    }
  })

/** Runs a program and gives its output. Fails with the last lines of the output when its exit code is not 0. */
export const runProgram = (
  directory: string,
  program: string,
  args: ReadonlyArray<string>,
  options: SpawnOptions
): Effect.Effect<string, EmbeddedPostgresError> =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<string, EmbeddedPostgresError>()
    let output = ""
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-10_000)
    }
    const listen = (child: ChildProcess) => {
      child.stdout?.on("data", collect)
      child.stderr?.on("data", collect)
      child.once("close", (code, signal) => {
        const detail = `${program} ended with ${signal ?? code}:\n${output.trim()}`
        const failure = new EmbeddedPostgresError({ reason: "Failed", directory, detail })
        Deferred.unsafeDone(ended, code === 0 ? Effect.succeed(output) : Effect.fail(failure))
      })
    }
    const stdio: SpawnOptions["stdio"] = ["ignore", "pipe", "pipe"]
    return yield* Effect.acquireUseRelease(
      spawnProgram(directory, program, args, { ...options, stdio }, listen),
      () => Deferred.await(ended),
      (pid) => Effect.unlessEffect(killed(pid), Deferred.isDone(ended))
    )
  })

const killed = (pid: number): Effect.Effect<void> => Effect.ignore(Effect.try(() => process.kill(pid, "SIGKILL")))
