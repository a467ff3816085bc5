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

/** Lists the running processes that a process has started and whose command line matches. */
export const childrenOf = (parent: number, command: RegExp): ReadonlyArray<number> =>
  execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .filter(([, , ppid, args]) => Number(ppid) === parent && command.test(args ?? ""))
    .map(([, pid]) => Number(pid))

/** Lists running `ffmpeg` processes started by this process. */
export const ffmpegProcesses = (): ReadonlyArray<number> => childrenOf(process.pid, /^\S*ffmpeg( |$)/)

/** Lists the processes of ffmpeg.wasm that a process has started. */
export const wasmProcesses = (parent: number): ReadonlyArray<number> => childrenOf(parent, /wasm\/process\.mjs/)

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
