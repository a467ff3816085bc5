import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { bundled } from "../../../scripts/bundle.mjs"

/** Starts a script of these tests in a process of its own. */
export const spawnScript = (
  script: URL,
  argument: unknown
): Effect.Effect<ChildProcessByStdio<null, Readable, Readable>> =>
  Effect.map(
    Effect.promise(() => bundled(fileURLToPath(script))),
    (program) => spawn(process.execPath, [program, JSON.stringify(argument)], { stdio: ["ignore", "pipe", "pipe"] })
  )
