import { Effect, Schema } from "effect"
import { VideoId } from "../../domain/Ids.ts"
import { PublicUrlField } from "../../domain/PublicOrigin.ts"
import { type Scheduling, schedulingFields } from "../../domain/video/Scheduling.ts"
import { InvalidRequest } from "../errors.ts"
import { Destination, hostFields, invalid, type TranscodeVideo } from "./transcodeRequest.ts"

/** The video to transcribe, by id or by destination folder. */
export type TranscribeVideo = (
  | { readonly video: string; readonly destination?: undefined }
  | { readonly destination: string; readonly video?: undefined }
) & {
  /**
   * An http or https URL from which runners fetch the audio instead. Runners send a POST request with their own token
   * and the job token in the body, and without the query of the URL. Name only servers that may know these tokens. With
   * this URL a video is created when the destination has none.
   */
  readonly videoUrl?: string | undefined
  /** The origin of the URLs of this job. Default: that of the video. A video that is created keeps it. */
  readonly publicUrl?: string | URL | undefined
} & HostFacts

/** The facts about a video that is created, as in `TranscodeVideo`. */
type HostFacts = Pick<TranscodeVideo, "externalId" | "fileName" | "metadata" | "title"> & Scheduling

const isPlainAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { password, protocol, username } = new URL(text)
  return /^https?:$/.test(protocol) && username === "" && password === ""
}

const Address = Schema.String.pipe(
  Schema.maxLength(2000),
  Schema.filter((text) => isPlainAddress(text) || "expected an http or https address without a password")
)

const common = { ...hostFields, ...schedulingFields, publicUrl: PublicUrlField, videoUrl: Schema.optional(Address) }
const OfVideo = Schema.Struct({ ...common, video: VideoId, destination: Schema.optional(Schema.Undefined) })
const OfDestination = Schema.Struct({
  ...common,
  destination: Destination,
  video: Schema.optional(Schema.Undefined)
})
const Request = Schema.Union(OfVideo, OfDestination)

/** A checked request that names a video by its folder. */
export type OfDestination = typeof OfDestination.Type

/** The checked request. */
export const decodeTranscribe = ({
  publicUrl,
  ...request
}: TranscribeVideo): Effect.Effect<typeof Request.Type, InvalidRequest> =>
  request.video !== undefined && request.destination !== undefined
    ? new InvalidRequest({ detail: "Give either video or destination" })
    : Effect.mapError(
        Schema.decodeUnknown(Request, { errors: "all" })({ ...request, publicUrl: publicUrl?.toString() }),
        invalid
      )
