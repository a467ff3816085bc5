import { Readable } from "node:stream"
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3"
import { type FileKey, FileStorage } from "@runner-connector/core"
import { Effect, Option, Stream } from "effect"
import type { Bucket } from "./Bucket.ts"
import { discard, nextBytes } from "./body.ts"
import { failed, IncompleteAnswer, isAbsent, ObjectReplaced, statusOf } from "./errors.ts"

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
}

/** The last byte by `Content-Range: bytes 0-99/100`. */
const lastByte = (contentRange: string | undefined): number | undefined => {
  const found = /^bytes \d+-(\d+)\//.exec(contentRange ?? "")?.[1]
  return found === undefined ? undefined : Number(found)
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
      const { Body, ContentLength, ContentRange, ETag } = await client.send(command, { abortSignal })
      if (!(Body instanceof Readable)) throw new Error("The answer has no body")
      // A server without ranges sends everything.
      const last = lastByte(ContentRange) ?? (next === 0 ? (ContentLength ?? 0) - 1 : undefined)
      if (last === undefined) throw new Error("The service does not support ranges")
      return Option.some<Answer>({ body: Body, etag: ETag, end: last })
    })
    .pipe(
      Effect.catchIf(
        (error) => statusOf(error) === 416 && next === 0 && end === undefined,
        () => Effect.succeedNone
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

/** HEAD has no body that tells a missing bucket from a missing object. GET has one. */
const describe = (bucket: Bucket, key: FileKey.FileKey) =>
  bucket
    .send((client, abortSignal) => client.send(new HeadObjectCommand(bucket.place(key)), { abortSignal }))
    .pipe(
      Effect.catchIf(
        (error) => statusOf(error) === 404,
        (error) =>
          Effect.zipRight(
            Effect.scoped(
              Effect.acquireRelease(bucket.retry(open(bucket, key, { next: 0, end: 0, etag: undefined })), (answer) =>
                Option.match(answer, { onNone: () => Effect.void, onSome: ({ body }) => discard(body) })
              )
            ),
            // It was written in between.
            Effect.fail(error)
          )
      )
    )

export const makeObjectReader = (bucket: Bucket): ObjectReader => ({
  stat: Effect.fn("S3Storage.stat")(function* (key) {
    const { ContentLength, ETag } = yield* Effect.mapError(describe(bucket, key), orMissing("stat", key))
    return { size: ContentLength ?? 0, etag: (ETag ?? "").replaceAll('"', "") } satisfies FileStorage.FileStat
  }),
  read: (key, range) => Stream.mapError(Stream.unwrapScoped(readObject(bucket, key, range)), orMissing("read", key))
})
