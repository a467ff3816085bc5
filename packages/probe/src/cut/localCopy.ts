import { open as openFile } from "node:fs/promises"
import { join } from "node:path"
import { FfmpegError, InputBytes } from "@runner-connector/ffmpeg"
import { Effect, type Scope } from "effect"
import { temporaryFolder } from "../temporaryFolder.ts"

/** Bytes of one request, which are in memory at a time. */
const BLOCK = 8 * 1024 ** 2

const fileError = (cause: unknown) => new FfmpegError({ program: "ffmpeg", reason: "crash", cause })

/** Copies a remote file to the local disk, until the scope ends. Broken requests are repeated. */
export const localCopy = (url: URL): Effect.Effect<string, FfmpegError, Scope.Scope> =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder("cut"), "source")
    const write = Effect.gen(function* () {
      const { read, size } = yield* InputBytes.open({ url })
      const file = yield* Effect.acquireRelease(
        Effect.tryPromise({ try: () => openFile(path, "w"), catch: fileError }),
        (opened) => Effect.promise(() => opened.close())
      )
      for (let at = 0; at < size; at += BLOCK) {
        const bytes = yield* read(at, Math.min(size, at + BLOCK))
        yield* Effect.tryPromise({ try: () => file.appendFile(bytes), catch: fileError })
      }
    })
    yield* Effect.scoped(write)
    return path
  })
