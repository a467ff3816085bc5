import { Readable } from "node:stream"
import { GetObjectCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3"
import { type FileKey, FileStorage, spanned } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import type { Bucket } from "./Bucket.ts"
import { discard, drain, nextBytes } from "./body.ts"
import { failed, IncompleteAnswer, isAbsent, ObjectReplaced, RangesUnsupported, statusOf } from "./errors.ts"

/** The half of the storage that changes nothing. */
export type ObjectReader = Pick<FileStorage.FileStorage["Type"], "read" | "stat">

type Operation = FileStorage.FileStorageError["operation"]

const orMissing =
  (operation: Operation, key: FileKey.FileKey) =>
  (error: unknown): FileStorage.FileNotFound | FileStorage.FileStorageError =>
    isAbsent(error) ? new FileStorage.FileNotFound({ key }) : failed(operation, key)(error)

/** An answer that is being read. */
interface Answer {
  readonly body: Readable
  readonly etag: string | undefined
  /** The last byte that the answer promises. */
  readonly end: number
  /** Bytes of the whole object. */
  readonly size: number
}

/** The last byte and the size of the object by `Content-Range: bytes 0-99/100`. */
const rangeOf = (contentRange: string | undefined) => {
  const [, end, size] = /^bytes \d+-(\d+)\/(\d+)$/.exec(contentRange ?? "") ?? []
  return end === undefined || size === undefined ? undefined : { end: Number(end), size: Number(size) }
}

interface Position {
  next: number
  readonly end: number | undefined
  etag: string | undefined
}

/** Requests the rest of the object. None when it is empty. */
const open = (bucket: Bucket, key: FileKey.FileKey, { end, etag, next }: Position) =>
  bucket
    .sendOnce(async (client, abortSignal) => {
      const range = `bytes=${next}-${end ?? ""}`
      const command = new GetObjectCommand({ ...bucket.place(key), Range: range, IfMatch: etag })
      const { Body, ContentRange, ETag } = await client.send(command, { abortSignal })
      if (!(Body instanceof Readable)) throw new Error("The answer has no body")
      const found = rangeOf(ContentRange)
      if (found === undefined) throw new RangesUnsupported()
      return Option.some<Answer>({ body: Body, etag: ETag, ...found })
    })
    .pipe(
      Effect.catchIf(
        (error) => statusOf(error) === 416 && next === 0,
        () => Effect.succeed(Option.none<Answer>())
      ),
      Effect.catchIf(
        (error) => statusOf(error) === 412,
        () => new ObjectReplaced()
      )
    )

/**
 * Streams an object. When the connection breaks, the rest is requested again, of the same version. The connection is
 * closed when the reader stops.
 */
const readObject = (bucket: Bucket, key: FileKey.FileKey, range: FileStorage.ByteRange | undefined) =>
  Effect.gen(function* () {
    const position: Position = { next: range?.start ?? 0, end: range?.end, etag: undefined }
    let current: Option.Option<Answer> = Option.none()
    const close = Effect.suspend(() => {
      const answer = current
      current = Option.none()
      return Option.match(answer, { onNone: () => Effect.void, onSome: ({ body }) => discard(body) })
    })
    yield* Effect.addFinalizer(() => close)

    const answer = Effect.suspend(() =>
      Option.isSome(current)
        ? Effect.succeed(current)
        : Effect.tap(open(bucket, key, position), (opened) => {
            current = opened
            if (Option.isSome(opened)) position.etag = opened.value.etag
          })
    )
    const pull = Effect.gen(function* () {
      const opened = yield* answer
      if (Option.isNone(opened) || position.next > opened.value.end) return Option.none<Uint8Array>()
      const bytes = yield* nextBytes(opened.value.body)
      if (Option.isNone(bytes)) {
        return yield* new IncompleteAnswer({ expected: opened.value.end + 1, received: position.next })
      }
      position.next += bytes.value.length
      return bytes
    }).pipe(
      Effect.tapError(() => close),
      bucket.retry
    )
    // Fails before the first byte when there is no object.
    yield* bucket.retry(answer)
    return Stream.repeatEffectOption(
      Effect.mapError(pull, Option.some).pipe(
        Effect.flatMap(Option.match({ onNone: () => Effect.fail(Option.none()), onSome: Effect.succeed }))
      )
    )
  })

/**
 * Asks for the first byte. Unlike HEAD, the answer has the size in `Content-Range`, apart from its own length, and a body
 * that tells a missing bucket from a missing object.
 */
const describe = (bucket: Bucket, key: FileKey.FileKey) =>
  bucket.retry(
    Effect.flatMap(
      open(bucket, key, { next: 0, end: 0, etag: undefined }),
      Option.match({
        onNone: () => bucket.sendOnce((client, abortSignal) => headOf(client, bucket, key, abortSignal)),
        onSome: ({ body, etag, size }: Answer) => Effect.as(drain(body), { size, etag })
      })
    )
  )

/** For empty objects, which have no first byte. */
const headOf = async (client: S3Client, bucket: Bucket, key: FileKey.FileKey, abortSignal: AbortSignal) => {
  const { ContentLength, ETag } = await client.send(new HeadObjectCommand(bucket.place(key)), { abortSignal })
  return { size: ContentLength ?? 0, etag: ETag }
}

export const makeObjectReader = (bucket: Bucket): ObjectReader => ({
  stat: spanned("S3Storage.stat")(function* (key) {
    const { etag = "", size } = yield* Effect.mapError(describe(bucket, key), orMissing("stat", key))
    return { size, etag: etag.replaceAll('"', "") } satisfies FileStorage.FileStat
  }),
  read: (key, range) => Stream.mapError(Stream.unwrapScoped(readObject(bucket, key, range)), orMissing("read", key))
})
