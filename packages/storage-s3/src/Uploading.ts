import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, ListPartsCommand } from "@aws-sdk/client-s3"
import type { FileKey } from "@runner-connector/core"
import { Duration, Effect } from "effect"
import type { Bucket } from "./Bucket.ts"
import { codeOf } from "./errors.ts"

/** The unfinished multipart uploads of the storage. */
export interface Uploading {
  readonly begin: (id: string) => Effect.Effect<void>
  readonly end: (id: string) => Effect.Effect<void>
  /** Frees the parts of an upload. Never fails: the sweep repeats what failed. */
  readonly abort: (key: FileKey.FileKey, id: string) => Effect.Effect<void>
  /**
   * Aborts the uploads of this key that this process does not know: their ids were in answers that were lost. Keys of large
   * files have one writer, so these are no others.
   */
  readonly forgetLost: (key: FileKey.FileKey) => Effect.Effect<void>
  /** Aborts uploads of dead processes: those without a part in that time. */
  readonly sweep: (olderThan: Duration.Duration) => Effect.Effect<void, unknown>
}

interface Unfinished {
  readonly key: string
  readonly id: string
  readonly begun: Date
}

/** One page of the unfinished uploads whose keys begin so. */
const page = (bucket: Bucket, prefix: string, after: { readonly key: string; readonly id: string } | undefined) =>
  bucket
    .send((client, abortSignal) =>
      client.send(
        new ListMultipartUploadsCommand({
          Bucket: bucket.name,
          Prefix: prefix,
          KeyMarker: after?.key,
          UploadIdMarker: after?.id
        }),
        { abortSignal }
      )
    )
    .pipe(
      Effect.map(({ IsTruncated, NextKeyMarker, NextUploadIdMarker, Uploads = [] }) => ({
        uploads: Uploads.flatMap(
          ({ Initiated, Key, UploadId }): ReadonlyArray<Unfinished> =>
            Key === undefined || UploadId === undefined || Initiated === undefined
              ? []
              : [{ key: Key, id: UploadId, begun: Initiated }]
        ),
        next: IsTruncated === true ? { key: NextKeyMarker ?? "", id: NextUploadIdMarker ?? "" } : undefined
      }))
    )

/** Every unfinished upload whose key begins so. */
const unfinished = (bucket: Bucket, prefix: string): Effect.Effect<ReadonlyArray<Unfinished>, unknown> =>
  Effect.gen(function* () {
    const found: Array<Unfinished> = []
    let after: { readonly key: string; readonly id: string } | undefined
    do {
      const { next, uploads } = yield* page(bucket, prefix, after)
      found.push(...uploads)
      after = next
    } while (after !== undefined)
    return found
  })

/** The time of the last sign of life: the newest of the last parts, or the beginning. */
const lastSign = (bucket: Bucket, { begun, id, key }: Unfinished) =>
  bucket
    .send((client, abortSignal) =>
      client.send(new ListPartsCommand({ Bucket: bucket.name, Key: key, UploadId: id, MaxParts: 1000 }), {
        abortSignal
      })
    )
    .pipe(
      Effect.map(({ Parts = [] }) =>
        Math.max(begun.getTime(), ...Parts.map(({ LastModified }) => LastModified?.getTime() ?? 0))
      )
    )

/** Frees the parts of an upload. An earlier attempt may have done so, although its answer was lost. */
const abort = (bucket: Bucket, { id, key }: Pick<Unfinished, "id" | "key">) =>
  bucket
    .send((client, abortSignal) =>
      client.send(new AbortMultipartUploadCommand({ Bucket: bucket.name, Key: key, UploadId: id }), { abortSignal })
    )
    .pipe(
      Effect.asVoid,
      Effect.catchAll((error) =>
        codeOf(error) === "NoSuchUpload"
          ? Effect.void
          : Effect.logWarning("An upload could not be aborted. The sweep tries again.", error)
      )
    )

export const makeUploading = (bucket: Bucket): Uploading => {
  const own = new Set<string>()
  return {
    begin: (id) => Effect.sync(() => void own.add(id)),
    end: (id) => Effect.sync(() => void own.delete(id)),
    abort: (key, id) => abort(bucket, { id, key: bucket.place(key).Key }),
    sweep: (olderThan) =>
      Effect.gen(function* () {
        // The service's times are compared with its own clock.
        const before = Date.now() + bucket.client.config.systemClockOffset - Duration.toMillis(olderThan)
        const all = yield* unfinished(bucket, bucket.folder())
        const old = all.filter(({ begun, id }) => !own.has(id) && begun.getTime() < before)
        for (const upload of old) {
          if ((yield* lastSign(bucket, upload)) >= before) continue
          yield* Effect.logInfo("Aborting an upload of a process that has ended", upload.key)
          yield* abort(bucket, upload)
        }
      }),
    forgetLost: (key) =>
      Effect.gen(function* () {
        const { Key } = bucket.place(key)
        const lost = (yield* unfinished(bucket, Key)).filter((upload) => upload.key === Key && !own.has(upload.id))
        yield* Effect.forEach(lost, (upload) => abort(bucket, upload), { discard: true })
      }).pipe(Effect.catchAll((cause) => Effect.logWarning("A lost upload is left to the sweep", cause)))
  }
}
