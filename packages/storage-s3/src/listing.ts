import { ListObjectsV2Command } from "@aws-sdk/client-s3"
import { FileKey } from "@runner-connector/core"
import { Chunk, Effect, Option, Stream } from "effect"
import type { Bucket } from "./Bucket.ts"

/** A file of the storage. */
export interface StoredFile {
  readonly key: FileKey.FileKey
  /** Bytes. */
  readonly size: number
}

interface ListedObject {
  /** With the prefix. */
  readonly key: string
  readonly size: number
}

/** A page of the objects whose keys begin so: at most a thousand, as many as one request can delete. */
export const page = (
  bucket: Bucket,
  prefix: string,
  after: string | undefined
): Effect.Effect<{ readonly objects: ReadonlyArray<ListedObject>; readonly next: string | undefined }, unknown> =>
  bucket
    .send((client, abortSignal) =>
      client.send(
        new ListObjectsV2Command({ Bucket: bucket.name, Prefix: prefix, MaxKeys: 1000, ContinuationToken: after }),
        { abortSignal }
      )
    )
    .pipe(
      Effect.map(({ Contents = [], NextContinuationToken }) => ({
        objects: Contents.flatMap(({ Key, Size = 0 }) => (Key === undefined ? [] : [{ key: Key, size: Size }])),
        next: NextContinuationToken
      }))
    )

/** Every file below the prefix of the storage. Objects whose keys are no keys of files are left out. */
export const listFiles = (bucket: Bucket): Stream.Stream<StoredFile, unknown> =>
  Stream.paginateChunkEffect(undefined as string | undefined, (after) =>
    Effect.map(page(bucket, bucket.folder(), after), ({ next, objects }) => {
      const files = objects.flatMap(({ key, size }): ReadonlyArray<StoredFile> => {
        const inside = key.slice(bucket.folder().length)
        return FileKey.isFileKey(inside) ? [{ key: FileKey.FileKey.make(inside), size }] : []
      })
      return [Chunk.fromIterable(files), Option.map(Option.fromNullable(next), (token) => token)] as const
    })
  )
