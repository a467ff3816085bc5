import { Effect, ParseResult, Schema } from "effect"
import type { ConnectorSettings } from "../../config/ConnectorConfig.ts"
import { FileKey } from "../../domain/FileKey.ts"
import { VideoId } from "../../domain/Ids.ts"
import { PublicUrlField } from "../../domain/PublicOrigin.ts"
import { DisplayText } from "../../domain/video/DisplayText.ts"
import { BaseName } from "../../domain/video/FileNames.ts"
import { ExternalId, GivenMetadata } from "../../domain/video/HostData.ts"
import { type Scheduling, schedulingFields } from "../../domain/video/Scheduling.ts"
import { TranscodingPlan } from "../../domain/video/TranscodingPlan.ts"
import type { TranscodingSettings } from "../../domain/video/TranscodingSettings.ts"
import { InvalidRequest } from "../errors.ts"

/** The request of the host. */
export interface TranscodeVideo extends Scheduling {
  /** The key of the video in storage. The file belongs to the host and must stay while jobs exist. */
  readonly path: string
  /** The folder in storage that receives the files. */
  readonly destination: string
  /**
   * The id of the new video, a UUID that no other video has. Default: a new one. When there is a video with this id, the
   * call returns that video as it is and makes nothing.
   */
  readonly id?: string | undefined
  /** The prefix of the file names. */
  readonly baseName?: string | undefined
  /**
   * The host's own id, at most 200 characters. It decides alone: when there is a video with this id, the call returns
   * that video as it is and makes nothing, whatever else the request says. The id is free again after `removeVideo`.
   */
  readonly externalId?: string | undefined
  /** The host's own facts: a JSON object of at most 8 KiB and 8 levels. Stored, and returned with the video. */
  readonly metadata?: object | undefined
  /** The title for people: one line in any script, at most 500 characters. Stored unchanged. */
  readonly title?: string | undefined
  /** The complete name of the original file: like `title`. Storage keys do not contain it. */
  readonly fileName?: string | undefined
  /** Settings for this video only. Missing ones are as configured. */
  readonly settings?: Partial<TranscodingSettings> | undefined
  /**
   * The key of a JPEG or PNG file in storage for the thumbnail. It is copied. Audio with a picture becomes a video,
   * unless the plan disables it.
   */
  readonly picture?: string | undefined
  /**
   * The plan of this video. Missing values are as configured. Without `keepSource` the file is deleted after
   * transcoding.
   */
  readonly plan?: Partial<Omit<TranscodingPlan, "settings">> | undefined
  /**
   * The number of videos that the same user submitted recently. In PeerTube's graph each one lowers the priority of
   * this one.
   */
  readonly userJobs?: number | undefined
  /**
   * The origin under which runners reach this server for all jobs of this video, such as `https://media.example`. The
   * configured one when absent.
   */
  readonly publicUrl?: string | URL | undefined
}

/** Short enough that every file in this folder has a valid key. */
export const Destination: Schema.Schema<FileKey, string> = FileKey.pipe(
  Schema.maxLength(800, { message: () => "expected at most 800 characters" })
)

/** The names, the host's own id and its facts about a new video. */
export const hostFields = {
  externalId: Schema.OptionFromUndefinedOr(ExternalId),
  metadata: Schema.optionalWith(GivenMetadata, { default: () => ({}) }),
  title: Schema.OptionFromUndefinedOr(DisplayText),
  fileName: Schema.OptionFromUndefinedOr(DisplayText)
}

const Request = Schema.Struct({
  path: FileKey,
  destination: Destination,
  id: Schema.OptionFromUndefinedOr(VideoId),
  baseName: Schema.OptionFromUndefinedOr(BaseName),
  ...hostFields,
  ...schedulingFields,
  picture: Schema.OptionFromUndefinedOr(FileKey),
  userJobs: Schema.Int.pipe(Schema.between(0, 1_000_000)),
  publicUrl: PublicUrlField,
  plan: TranscodingPlan
})

/** The request with complete settings. */
export type DecodedRequest = typeof Request.Type

/** Hides "or undefined" from errors about optional fields. */
const isAboutLeavingOut = ({ message }: ParseResult.ArrayFormatterIssue): boolean =>
  message.startsWith("Expected undefined,")

/** Lists the invalid fields of a call. */
export const invalid = (error: ParseResult.ParseError): InvalidRequest =>
  new InvalidRequest({
    detail: ParseResult.ArrayFormatter.formatErrorSync(error)
      .filter((issue) => !isAboutLeavingOut(issue))
      .map(({ message, path }) => `${path.join(".")}: ${message}`)
      .join("; ")
  })

/** The options that are not undefined. */
export const given = (options: object = {}): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** The request with complete settings. Hosts may pass on input from their own clients, so every field is checked. */
export const decodeRequest = (
  { plan, publicUrl, settings, userJobs = 0, ...request }: TranscodeVideo,
  configured: Pick<ConnectorSettings, "plan" | "transcoding">
): Effect.Effect<DecodedRequest, InvalidRequest> =>
  Effect.mapError(
    Schema.decodeUnknown(Request, { errors: "all" })({
      ...request,
      userJobs,
      publicUrl: publicUrl?.toString(),
      plan: {
        ...configured.plan,
        ...(request.picture === undefined ? {} : { audioMerge: true }),
        ...given(plan),
        settings: { ...configured.transcoding, ...given(settings) }
      }
    }),
    invalid
  )
