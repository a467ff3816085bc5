import { createHash } from "node:crypto"
import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3"
import type { FileKey } from "@runner-connector/core"
import { Effect } from "effect"
import type { Bucket } from "./Bucket.ts"
import { isAbsent } from "./errors.ts"

export const remove = (bucket: Bucket, key: FileKey.FileKey): Effect.Effect<void, unknown> =>
  bucket
    .send((client, abortSignal) => client.send(new DeleteObjectCommand(bucket.place(key)), { abortSignal }))
    .pipe(
      Effect.asVoid,
      Effect.catchIf(isAbsent, () => Effect.void)
    )

/** A page of keys below the folder, at most as many as one request can delete. */
const list = (bucket: Bucket, prefix: string, after: string | undefined) =>
  bucket
    .send((client, abortSignal) =>
      client.send(
        new ListObjectsV2Command({ Bucket: bucket.name, Prefix: prefix, MaxKeys: 1000, ContinuationToken: after }),
        { abortSignal }
      )
    )
    .pipe(
      Effect.map(({ Contents = [], NextContinuationToken }) => ({
        keys: Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])),
        next: NextContinuationToken
      }))
    )

/** Older services require this header, which the SDK has replaced by newer checksums. */
const withMd5 = (command: DeleteObjectsCommand): DeleteObjectsCommand => {
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { readonly body?: unknown; readonly headers: Record<string, string> }
      if (typeof request.body === "string" || request.body instanceof Uint8Array) {
        request.headers["content-md5"] = createHash("md5").update(request.body).digest("base64")
      }
      return next(args)
    },
    { step: "build", name: "contentMd5" }
  )
  return command
}

const removeAll = (bucket: Bucket, keys: ReadonlyArray<string>) =>
  bucket
    .send((client, abortSignal) =>
      client.send(
        withMd5(
          new DeleteObjectsCommand({
            Bucket: bucket.name,
            Delete: { Quiet: true, Objects: keys.map((Key) => ({ Key })) }
          })
        ),
        { abortSignal }
      )
    )
    .pipe(
      Effect.flatMap(({ Errors }) => {
        const error = Errors?.[0]
        return error === undefined
          ? Effect.void
          : Effect.fail(new Error(`${error.Key} could not be deleted: ${error.Code} ${error.Message ?? ""}`))
      })
    )

/** Deletes the objects below the folder, a thousand with each request. */
export const removeFolder = (bucket: Bucket, folder: FileKey.FileKey): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    let after: string | undefined
    do {
      const { keys, next } = yield* list(bucket, bucket.folder(folder), after)
      if (keys.length > 0) yield* removeAll(bucket, keys)
      after = next
    } while (after !== undefined)
  })
