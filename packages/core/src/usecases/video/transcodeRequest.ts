import { Effect, ParseResult, Schema } from "effect"
import type { ConnectorSettings } from "../../config/ConnectorConfig.ts"
import { FileKey } from "../../domain/FileKey.ts"
import { BaseName } from "../../domain/video/FileNames.ts"
import { TranscodingPlan } from "../../domain/video/TranscodingPlan.ts"
import type { TranscodingSettings } from "../../domain/video/TranscodingSettings.ts"
import { InvalidRequest } from "../errors.ts"

/** What the host asks for. */
export interface TranscodeVideo {
  /** The video's key in storage. The file stays the host's; it must stay there while there are jobs. */
  readonly path: string
  /** The folder in storage that receives what is made. */
  readonly destination: string
  /** Starts the names of the files made. */
  readonly baseName?: string | undefined
  /** Settings for this video alone; what is left out is as configured. */
  readonly settings?: Partial<TranscodingSettings> | undefined
  /**
   * The key of a JPEG or PNG file in storage that is to stand for the video. It is copied. Sound with a picture becomes
   * a video, unless the plan says otherwise.
   */
  readonly picture?: string | undefined
  /** What to make of it; what is left out is as configured. Without `keepSource` the file is removed in the end. */
  readonly plan?: Partial<Omit<TranscodingPlan, "settings">> | undefined
  /** How many videos the same user has handed in lately: with PeerTube's graph each lets this one wait a little longer. */
  readonly userJobs?: number | undefined
}

/** Short enough that every name that is made in it is still a key. */
export const Destination: Schema.Schema<FileKey, string> = FileKey.pipe(
  Schema.maxLength(800, { message: () => "expected at most 800 characters" })
)

const Request = Schema.Struct({
  path: FileKey,
  destination: Destination,
  baseName: Schema.OptionFromUndefinedOr(BaseName),
  picture: Schema.OptionFromUndefinedOr(FileKey),
  userJobs: Schema.Int.pipe(Schema.between(0, 1_000_000)),
  plan: TranscodingPlan
})

/** Of a member that may be left out it is said what it must be, and not besides that it may be undefined. */
const isAboutLeavingOut = ({ message }: ParseResult.ArrayFormatterIssue): boolean =>
  message.startsWith("Expected undefined,")

/** What is wrong with a call, member by member. */
export const invalid = (error: ParseResult.ParseError): InvalidRequest =>
  new InvalidRequest({
    detail: ParseResult.ArrayFormatter.formatErrorSync(error)
      .filter((issue) => !isAboutLeavingOut(issue))
      .map(({ message, path }) => `${path.join(".")}: ${message}`)
      .join("; ")
  })

/** What was given of some options. */
export const given = (options: object = {}): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** The request with its settings complete. Hosts hand on what their own callers sent, so all of it is checked. */
export const decodeRequest = (
  { plan, settings, userJobs = 0, ...request }: TranscodeVideo,
  configured: Pick<ConnectorSettings, "plan" | "transcoding">
): Effect.Effect<typeof Request.Type, InvalidRequest> =>
  Effect.mapError(
    Schema.decodeUnknown(Request, { errors: "all" })({
      ...request,
      userJobs,
      plan: {
        ...configured.plan,
        ...(request.picture === undefined ? {} : { audioMerge: true }),
        ...given(plan),
        settings: { ...configured.transcoding, ...given(settings) }
      }
    }),
    invalid
  )
