import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, type Scope } from "effect"

export { until } from "@runner-connector/contracts"
export { fixturePath as fixture } from "@runner-connector/contracts/media"

/** Creates an empty folder that is removed when the scope closes. */
export const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "runner-connector-ffmpeg-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Lists running `ffmpeg` processes started by this process. */
export const ffmpegProcesses = (): ReadonlyArray<number> =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, command]) => Number(parent) === process.pid && command === "ffmpeg")
    .map(([pid]) => Number(pid))

/** Runs an effect with another PATH. */
export const withPath = <A, E, R>(path: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = process.env.PATH
      process.env.PATH = path
      return before
    }),
    () => effect,
    (before) => Effect.sync(() => (process.env.PATH = before))
  )
