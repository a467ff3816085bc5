import { open as openFile } from "node:fs/promises"
import { Effect, type Scope } from "effect"
import type { InputBytes } from "./ByteRanges.ts"
import { FfmpegError, type MediaInput } from "./Ffmpeg.ts"
import * as RangedSource from "./RangedSource.ts"

export type { InputBytes } from "./ByteRanges.ts"

/** Size of the first request in bytes: enough to read the structure of most files. */
const FIRST_BLOCK = 64 * 1024

const sourceError = (cause: unknown) => new FfmpegError({ program: "ffprobe", reason: "source", cause })

const openPath = (path: string): Effect.Effect<InputBytes, FfmpegError, Scope.Scope> =>
  Effect.gen(function* () {
    const file = yield* Effect.acquireRelease(
      Effect.tryPromise({ try: () => openFile(path, "r"), catch: sourceError }),
      (file) => Effect.promise(() => file.close())
    )
    const { size } = yield* Effect.tryPromise({ try: () => file.stat(), catch: sourceError })
    const read = (start: number, end: number) =>
      Effect.tryPromise({
        try: async () => {
          const { buffer, bytesRead } = await file.read(new Uint8Array(end - start), 0, end - start, start)
          return buffer.subarray(0, bytesRead)
        },
        catch: sourceError
      })
    return { size, read }
  })

/** Opens an input until the scope closes. Fails with the reason `source`. */
export const open = (input: MediaInput): Effect.Effect<InputBytes, FfmpegError, Scope.Scope> =>
  "path" in input ? openPath(input.path) : RangedSource.open(input.url, FIRST_BLOCK)
