import { Option, Schema } from "effect"
import { FileKey } from "../domain/FileKey.ts"
import { VideoId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import type { Place } from "../domain/video/FileNames.ts"

/** What every job that is done for a video keeps for us. */
export const videoJobFields = {
  videoId: VideoId,
  /** Where the results go, so that they can be found and removed when the video is gone. */
  place: Schema.Struct({ destination: FileKey, baseName: Schema.NullOr(Schema.String) }),
  /** How many failures the caller allows for this video; the configuration's number otherwise. */
  maxFailures: Schema.optional(Schema.Int)
}

/** What a job that makes a rendition keeps for us. */
export const RenditionJob = Schema.Struct({
  ...videoJobFields,
  /** Its completion may publish the video. */
  canPublish: Schema.optionalWith(Schema.Boolean, { default: () => true }),
  /** The source is not wanted any more once it is completed. */
  deletesInput: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  /** The progressive files are not wanted any more once it is completed and HLS has every track of the source. */
  deletesWebVideos: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  /** What it is made from has its sound in a file of its own. */
  separatedSound: Schema.optionalWith(Schema.Boolean, { default: () => false })
})
export type RenditionJob = typeof RenditionJob.Type

/** A place as private payloads keep it. */
export const placeFields = ({ baseName, destination }: Place): RenditionJob["place"] => ({
  destination,
  baseName: Option.getOrNull(baseName)
})

/** What a job without an input or output of its own kind keeps for us. */
export const VideoJob = Schema.Struct(videoJobFields)
export type VideoJob = typeof VideoJob.Type

/** Why a job ended without a result, for the application. */
export const lossOf = ({ error }: Pick<RunnerJob, "error">): string => Option.getOrElse(error, () => "It was cancelled")

/** Where the results of a job go. */
export const placeOf = ({ place }: { readonly place: RenditionJob["place"] }): Place => ({
  destination: place.destination,
  baseName: Option.fromNullable(place.baseName)
})
