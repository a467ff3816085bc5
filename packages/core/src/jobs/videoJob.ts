import { Option, Schema } from "effect"
import { FileKey } from "../domain/FileKey.ts"
import { VideoId } from "../domain/Ids.ts"
import type { GraphNode } from "../domain/job/GraphNode.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import type { Place } from "../domain/video/FileNames.ts"

/** The private payload of every job of a video. */
export const videoJobFields = {
  videoId: VideoId,
  /** The folder of the results, so that they can be found and deleted when the video was removed. */
  place: Schema.Struct({ destination: FileKey, baseName: Schema.NullOr(Schema.String) }),
  /** The limit of failures for this video. The configured one by default. */
  maxFailures: Schema.optional(Schema.Int)
}

/** The private payload of a rendition job. */
export const RenditionJob = Schema.Struct({
  ...videoJobFields,
  /** Its completion may publish the video. */
  canPublish: Schema.optionalWith(Schema.Boolean, { default: () => true }),
  /** The source is no longer needed once it is completed. */
  deletesInput: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  /** The progressive files are no longer needed once it is completed and HLS has every track of the source. */
  deletesWebVideos: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  /** Its input has the audio in a separate file. */
  separatedSound: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  /** Present if the source has the requested picture, so that runners that copy have nothing to encode. */
  isCopy: Schema.optionalWith(Schema.Literal(true), { exact: true }),
  /** Its input was cut out of the source. Stands in the place of the video's id in download URLs. */
  inputId: Schema.optional(Schema.UUID),
  /** The share of one chunk in its rendition, from 0 to 1. */
  share: Schema.optional(Schema.Number)
})
export type RenditionJob = typeof RenditionJob.Type

/** Marks an HLS rendition that has the picture of its source. */
export const copyFields = (
  { fps, height, isPlain, width }: MediaSummary,
  output: Pick<GraphNode, "type" | "resolution" | "fps">
): Pick<RenditionJob, "isCopy"> => {
  const isSame = output.resolution === Math.min(width, height) && output.fps === fps
  return isPlain === true && output.type === "vod-hls-transcoding" && isSame ? { isCopy: true } : {}
}

/** A place as stored in private payloads. */
export const placeFields = ({ baseName, destination }: Place): RenditionJob["place"] => ({
  destination,
  baseName: Option.getOrNull(baseName)
})

/** The private payload of a job without fields of its own. */
export const VideoJob = Schema.Struct(videoJobFields)
export type VideoJob = typeof VideoJob.Type

/** The folder of the results of a job. */
export const placeOf = ({ place }: { readonly place: RenditionJob["place"] }): Place => ({
  destination: place.destination,
  baseName: Option.fromNullable(place.baseName)
})
