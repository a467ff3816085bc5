import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import type { FileStorage } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"

const CHUNK_SIZE = 256 * 1024

/**
 * Streams a file, one chunk per pull. Closes it when the reader stops. A read is uninterruptible, because a late one could
 * read another file that has got the same descriptor.
 */
export const readChunks = (
  fs: FileSystem.FileSystem,
  path: string,
  range?: FileStorage.ByteRange
): Stream.Stream<Uint8Array, PlatformError> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const file = yield* fs.open(path, { flag: "r" })
      const start = range?.start ?? 0
      yield* file.seek(start, "start")
      return Stream.unfoldEffect(range === undefined ? Number.POSITIVE_INFINITY : range.end + 1 - start, (left) =>
        left <= 0
          ? Effect.succeedNone
          : file
              .readAlloc(Math.min(CHUNK_SIZE, left))
              .pipe(Effect.uninterruptible, Effect.map(Option.map((bytes) => [bytes, left - bytes.length] as const)))
      )
    })
  )
