import { Schema } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { liveFileKey, liveFolder, liveMasterKey } from "../../domain/live/LiveFiles.ts"
import { videoJobFields } from "../videoJob.ts"

/** The payload of a live job. */
export const LivePayload = Schema.Struct({
  input: Schema.Struct({
    /** The URL of the stream. Its holder may be able to broadcast. */
    rtmpUrl: Schema.String
  }),
  output: Schema.Struct({
    toTranscode: Schema.Array(Schema.Struct({ resolution: Schema.Int, fps: Schema.Int })),
    /** Seconds. */
    segmentDuration: Schema.Int,
    /** The number of segments in a playlist. */
    segmentListSize: Schema.Int
  })
})
export type LivePayload = typeof LivePayload.Type

/** The private payload of a live job. */
export const LiveJob = Schema.Struct({
  ...videoJobFields,
  sessionId: Schema.UUID,
  /** Keep segments that the runner no longer needs. */
  replay: Schema.Boolean
})
export type LiveJob = typeof LiveJob.Type

/** The folder of the session. */
export const keysOf = ({
  place,
  sessionId
}: LiveJob): { readonly folder: FileKey; readonly master: FileKey; readonly file: (name: string) => FileKey } => ({
  folder: liveFolder(place.destination, sessionId),
  master: liveMasterKey(place.destination, sessionId),
  file: (name) => liveFileKey(place.destination, sessionId, name)
})
