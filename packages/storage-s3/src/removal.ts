import { createHash } from "node:crypto"
import { DeleteObjectCommand, DeleteObjectsCommand } from "@aws-sdk/client-s3"
import type { FileKey } from "@runner-connector/core"
import { Effect } from "effect"
import type { Bucket } from "./Bucket.ts"
import { isAbsent } from "./errors.ts"
import { page } from "./listing.ts"

export const remove = (bucket: Bucket, key: FileKey.FileKey): Effect.Effect<void, unknown> =>
  bucket
    .send((client, abortSignal) => client.send(new DeleteObjectCommand(bucket.place(key)), { abortSignal }))
    .pipe(
      Effect.asVoid,
      Effect.catchIf(isAbsent, () => Effect.void)
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

const removeAll = (bucket: Bucket, objects: ReadonlyArray<{ readonly key: string }>) =>
  bucket
    .send((client, abortSignal) =>
      client.send(
        withMd5(
          new DeleteObjectsCommand({
            Bucket: bucket.name,
            Delete: { Quiet: true, Objects: objects.map(({ key }) => ({ Key: key })) }
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
      const { next, objects } = yield* page(bucket, bucket.folder(folder), after)
      if (objects.length > 0) yield* removeAll(bucket, objects)
      after = next
    } while (after !== undefined)
  })
