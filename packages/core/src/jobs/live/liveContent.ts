import { Schema } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { liveFileKey, liveFolder, liveMasterKey } from "../../domain/live/LiveFiles.ts"
import { videoJobFields } from "../videoJob.ts"

/** What the runner of a live is told. */
export const LivePayload = Schema.Struct({
  input: Schema.Struct({
    /** Where it plays the stream; whoever knows it may be able to send one. */
    rtmpUrl: Schema.String
  }),
  output: Schema.Struct({
    toTranscode: Schema.Array(Schema.Struct({ resolution: Schema.Int, fps: Schema.Int })),
    /** Seconds. */
    segmentDuration: Schema.Int,
    /** How many segments a playlist lists. */
    segmentListSize: Schema.Int
  })
})
export type LivePayload = typeof LivePayload.Type

/** What a live job keeps for us. */
export const LiveJob = Schema.Struct({
  ...videoJobFields,
  sessionId: Schema.UUID,
  /** Segments are kept when the runner has no more use for them. */
  replay: Schema.Boolean
})
export type LiveJob = typeof LiveJob.Type

/** Where the files of the session stand. */
export const keysOf = ({
  place,
  sessionId
}: LiveJob): { readonly folder: FileKey; readonly master: FileKey; readonly file: (name: string) => FileKey } => ({
  folder: liveFolder(place.destination, sessionId),
  master: liveMasterKey(place.destination, sessionId),
  file: (name) => liveFileKey(place.destination, sessionId, name)
})
