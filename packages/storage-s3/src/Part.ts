import { UploadPartCommand, type UploadPartCommandInput, type UploadPartCommandOutput } from "@aws-sdk/client-s3"
import { Effect } from "effect"
import type { Bucket } from "./Bucket.ts"
import { type FileSection, openSection } from "./FileSection.ts"

/** The upload and the number of a part. */
type Target = Omit<UploadPartCommandInput, "Body" | "ContentLength">

/** A part of an upload. */
export interface Part {
  /** Sends the part once. Can be repeated. */
  readonly send: (bucket: Bucket, target: Target) => Effect.Effect<UploadPartCommandOutput, unknown>
}

/** A part that is held in memory. */
export const ofBytes = (bytes: Uint8Array): Part => ({
  send: (bucket, target) =>
    bucket.sendOnce((client, abortSignal) =>
      client.send(new UploadPartCommand({ ...target, Body: bytes }), { abortSignal })
    )
})

/** Signs the hash of the body. The SDK would send a stream without one. */
const signedWith = (hash: string, command: UploadPartCommand): UploadPartCommand => {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> }
      headers["x-amz-content-sha256"] = hash
      return next(args)
    },
    { step: "build", name: "signedHash" }
  )
  return command
}

/** A section of a local file. Memory holds only a piece of it. */
export const ofFile = (section: FileSection): Part => ({
  send: (bucket, target) =>
    Effect.gen(function* () {
      const { body, failure, hash } = yield* openSection(section)
      const command = new UploadPartCommand({ ...target, Body: body, ContentLength: section.length })
      const sending = bucket.sendOnce((client, abortSignal) => client.send(signedWith(hash, command), { abortSignal }))
      return yield* Effect.raceFirst(sending, failure)
    }).pipe(Effect.scoped)
})
