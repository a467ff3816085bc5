import { PutObjectCommand } from "@aws-sdk/client-s3"
import { FileSystem } from "@effect/platform"
import { type FileKey, type FileStorage, spanned } from "@runner-connector/core"
import { Effect, Stream } from "effect"
import type { Bucket } from "./Bucket.ts"
import { FileUnreadable, failed } from "./errors.ts"
import { sectionsOf } from "./FileSection.ts"
import { headersOf, type ObjectHeaders } from "./headers.ts"
import { multipart } from "./Multipart.ts"
import * as Part from "./Part.ts"
import { lookAhead, partsOf } from "./parts.ts"
import { remove, removeFolder } from "./removal.ts"
import type { Uploading } from "./Uploading.ts"

/** The half of the storage that changes objects. */
export type ObjectWriter = Pick<FileStorage.FileStorage["Type"], "write" | "adopt" | "remove" | "removeFolder">

/** An object has at most this many parts. */
const MAX_PARTS = 10_000

interface Tools {
  readonly bucket: Bucket
  readonly uploading: Uploading
  readonly partSize: number
}

const put = (bucket: Bucket, key: FileKey.FileKey, headers: ObjectHeaders, bytes: Uint8Array) =>
  bucket.retry(
    bucket
      .sendOnce((client, abortSignal) =>
        client.send(new PutObjectCommand({ ...bucket.place(key), ...headers, Body: bytes }), { abortSignal })
      )
      // An interrupted request could still replace a later object.
      .pipe(Effect.uninterruptible)
  )

/** Stores a stream: in one request if it fits into a part, otherwise in parts. */
const store = <E, R>(
  { bucket, partSize, uploading }: Tools,
  key: FileKey.FileKey,
  content: Stream.Stream<Uint8Array, E, R>,
  contentType: string | undefined
): Effect.Effect<void, E | FileStorage.FileStorageError, R> =>
  Effect.gen(function* () {
    const orFailed = <A>(effect: Effect.Effect<A, unknown>) => Effect.mapError(effect, failed("write", key))
    const headers = headersOf(key, contentType)
    const parts = yield* lookAhead(partsOf(partSize)(content))
    if (parts.isSingle) return yield* orFailed(put(bucket, key, headers, parts.first()))
    yield* multipart(uploading, bucket, key, headers, Stream.map(parts.all, Part.ofBytes), orFailed)
  }).pipe(Effect.scoped)

/** The content of a file that fits into a part. A file that shrinks meanwhile must not be published. */
const contentOf = (fs: FileSystem.FileSystem, path: string, size: number) =>
  Effect.filterOrFail(
    fs.readFile(path),
    ({ length }) => length === size,
    ({ length }) => new FileUnreadable({ path, cause: new Error(`It has ${length} bytes instead of ${size}`) })
  )

/** Uploads a local file and removes it afterwards, so that a failed `adopt` can be repeated. */
const makeAdopt = ({ bucket, uploading, ...tools }: Tools) =>
  Effect.map(FileSystem.FileSystem, (fs): ObjectWriter["adopt"] =>
    spanned("S3Storage.adopt")(function* (key, path, options) {
      const orFailed = <A>(effect: Effect.Effect<A, unknown>) => Effect.mapError(effect, failed("adopt", key))
      const headers = headersOf(key, options?.contentType)
      const info = yield* orFailed(fs.stat(path))
      if (info.type !== "File") return yield* failed("adopt", key)(new Error(`${path} is not a file`))
      const size = Number(info.size)
      const partSize = Math.max(tools.partSize, Math.ceil(size / MAX_PARTS))
      if (size <= partSize) {
        yield* orFailed(Effect.flatMap(contentOf(fs, path, size), (bytes) => put(bucket, key, headers, bytes)))
      } else {
        const parts = Stream.map(sectionsOf(path, size, partSize), Part.ofFile)
        yield* multipart(uploading, bucket, key, headers, parts, orFailed)
      }
      yield* orFailed(fs.remove(path))
    })
  )

export const makeObjectWriter = (tools: Tools): Effect.Effect<ObjectWriter, never, FileSystem.FileSystem> =>
  Effect.map(makeAdopt(tools), (adopt) => ({
    write: (key, content, options) =>
      Effect.withSpan(store(tools, key, content, options?.contentType), "S3Storage.write", {
        attributes: { key }
      }),
    adopt,
    remove: spanned("S3Storage.remove")((key) => Effect.mapError(remove(tools.bucket, key), failed("remove", key))),
    removeFolder: spanned("S3Storage.removeFolder")((key) =>
      Effect.mapError(removeFolder(tools.bucket, key), failed("removeFolder", key))
    )
  }))
