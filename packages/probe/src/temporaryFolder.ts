import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { FfmpegError } from "@runner-connector/ffmpeg"
import { Effect, type Scope } from "effect"

/** A folder for the output of a program, deleted with the scope. Its name starts with `runner-connector-`. */
export const temporaryFolder = (purpose: string): Effect.Effect<string, FfmpegError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => mkdtemp(join(tmpdir(), `runner-connector-${purpose}-`)),
      catch: (cause) => new FfmpegError({ program: "ffmpeg", reason: "crash", cause })
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
