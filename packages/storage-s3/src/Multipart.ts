import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand
} from "@aws-sdk/client-s3"
import { type FileKey, type FileStorage, Tokens } from "@runner-connector/core"
import { Chunk, Effect, Exit, Stream } from "effect"
import type { Bucket } from "./Bucket.ts"
import { codeOf } from "./errors.ts"
import type { ObjectHeaders } from "./headers.ts"
import type { Part } from "./Part.ts"
import type { Uploading } from "./Uploading.ts"

/** Parts of one upload that are sent at once. Of a stream, one more is being filled meanwhile. */
const AT_ONCE = 2

/** The name of the metadata by which an upload recognises its own object. */
const MARK = "upload"

/** Converts a fault to the port's error. */
type OrFailed = <A>(effect: Effect.Effect<A, unknown>) => Effect.Effect<A, FileStorage.FileStorageError>

interface Upload {
  readonly bucket: Bucket
  readonly key: FileKey.FileKey
  readonly id: string
  readonly mark: string
}

/** Begins an upload. When an answer was lost, the upload that it named is freed. */
const create = (uploading: Uploading, bucket: Bucket, key: FileKey.FileKey, headers: ObjectHeaders) =>
  Effect.gen(function* () {
    const { uuid } = yield* Tokens.Identifiers
    const mark = yield* uuid
    let attempts = 0
    const send = bucket.send((client, abortSignal) => {
      attempts += 1
      const target = { ...bucket.place(key), ...headers, Metadata: { [MARK]: mark } }
      return client.send(new CreateMultipartUploadCommand(target), { abortSignal })
    })
    const begin = Effect.flatMap(send, ({ UploadId }) =>
      UploadId === undefined
        ? Effect.fail(new Error("The answer has no upload id"))
        : Effect.as(uploading.begin(UploadId), UploadId)
    )
    const forget = Effect.suspend(() => (attempts > 1 ? uploading.forgetLost(key) : Effect.void))
    const id = yield* Effect.ensuring(begin, forget)
    return { bucket, key, id, mark } satisfies Upload
  })

const sendPart = ({ bucket, id, key }: Upload, part: Part, index: number) => {
  const target = { ...bucket.place(key), UploadId: id, PartNumber: index + 1 }
  return part.send(bucket, target).pipe(
    bucket.retry,
    Effect.map(({ ETag }): CompletedPart => ({ PartNumber: index + 1, ETag }))
  )
}

/** Whether the object is the one of this upload. */
const isStored = ({ bucket, key, mark }: Upload) =>
  bucket
    .send((client, abortSignal) => client.send(new HeadObjectCommand(bucket.place(key)), { abortSignal }))
    .pipe(Effect.map(({ Metadata }) => Metadata?.[MARK] === mark))

/** Publishes the object. When the answer of an earlier attempt was lost, the upload is gone and the object is there. */
const complete = (upload: Upload, parts: ReadonlyArray<CompletedPart>) => {
  const { bucket, id, key } = upload
  return bucket
    .send((client, abortSignal) =>
      client.send(
        new CompleteMultipartUploadCommand({
          ...bucket.place(key),
          UploadId: id,
          MultipartUpload: { Parts: [...parts] }
        }),
        { abortSignal }
      )
    )
    .pipe(
      Effect.catchAll((error) =>
        codeOf(error) === "NoSuchUpload"
          ? Effect.filterOrFail(
              isStored(upload),
              (yes) => yes,
              () => error
            )
          : Effect.fail(error)
      ),
      Effect.asVoid,
      // An interrupted request could still publish the object later.
      Effect.uninterruptible
    )
}

/**
 * Stores parts as one object. The parts are freed when a part, the stream or the publishing fails, and after an
 * interruption.
 */
export const multipart = <E, R>(
  uploading: Uploading,
  bucket: Bucket,
  key: FileKey.FileKey,
  headers: ObjectHeaders,
  parts: Stream.Stream<Part, E, R>,
  orFailed: OrFailed
): Effect.Effect<void, E | FileStorage.FileStorageError, R> =>
  Effect.acquireUseRelease(
    orFailed(create(uploading, bucket, key, headers)),
    (upload) =>
      Stream.zipWithIndex(parts).pipe(
        Stream.mapEffect(([part, index]) => orFailed(sendPart(upload, part, index)), { concurrency: AT_ONCE }),
        Stream.runCollect,
        Effect.flatMap((sent) => orFailed(complete(upload, Chunk.toReadonlyArray(sent))))
      ),
    (upload, exit) =>
      Effect.zipRight(Exit.isSuccess(exit) ? Effect.void : uploading.abort(key, upload.id), uploading.end(upload.id))
  )
