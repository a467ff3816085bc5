import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, ListPartsCommand } from "@aws-sdk/client-s3"
import { Duration, Effect } from "effect"
import type { Bucket } from "./Bucket.ts"

/** The unfinished multipart uploads of the storage. */
export interface Uploading {
  readonly begin: (id: string) => Effect.Effect<void>
  readonly end: (id: string) => Effect.Effect<void>
  /** Aborts uploads of dead processes: those without a part in that time. */
  readonly sweep: (olderThan: Duration.Duration) => Effect.Effect<void, unknown>
}

interface Unfinished {
  readonly key: string
  readonly id: string
  readonly begun: Date
}

/** One page of the unfinished uploads below the prefix. */
const page = (bucket: Bucket, after: { readonly key: string; readonly id: string } | undefined) =>
  bucket
    .send((client, abortSignal) =>
      client.send(
        new ListMultipartUploadsCommand({
          Bucket: bucket.name,
          Prefix: bucket.folder(),
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

/** Every unfinished upload below the prefix. */
export const unfinished = (bucket: Bucket): Effect.Effect<ReadonlyArray<Unfinished>, unknown> =>
  Effect.gen(function* () {
    const found: Array<Unfinished> = []
    let after: { readonly key: string; readonly id: string } | undefined
    do {
      const { next, uploads } = yield* page(bucket, after)
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

export const makeUploading = (bucket: Bucket): Uploading => {
  const own = new Set<string>()
  return {
    begin: (id) => Effect.sync(() => void own.add(id)),
    end: (id) => Effect.sync(() => void own.delete(id)),
    sweep: (olderThan) =>
      Effect.gen(function* () {
        // The service's times are compared with its own clock.
        const before = Date.now() + bucket.client.config.systemClockOffset - Duration.toMillis(olderThan)
        const all = yield* unfinished(bucket)
        const old = all.filter(({ begun, id }) => !own.has(id) && begun.getTime() < before)
        for (const upload of old) {
          if ((yield* lastSign(bucket, upload)) >= before) continue
          yield* Effect.logInfo("Aborting an upload of a process that has ended", upload.key)
          const target = { Bucket: bucket.name, Key: upload.key, UploadId: upload.id }
          yield* Effect.ignoreLogged(
            bucket.send((client, abortSignal) => client.send(new AbortMultipartUploadCommand(target), { abortSignal }))
          )
        }
      })
  }
}
