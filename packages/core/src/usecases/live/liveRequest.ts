import { Effect, Option, Schema } from "effect"
import { parseLiveSource } from "../../domain/live/LiveSource.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import { PublicUrlField } from "../../domain/PublicOrigin.ts"
import { BaseName } from "../../domain/video/FileNames.ts"
import { type Scheduling, schedulingFields } from "../../domain/video/Scheduling.ts"
import { defaultPlan, TranscodingPlan } from "../../domain/video/TranscodingPlan.ts"
import type { TranscodingSettings } from "../../domain/video/TranscodingSettings.ts"
import { InvalidRequest } from "../errors.ts"
import { Destination, given, hostFields, invalid } from "../video/transcodeRequest.ts"

/** The tracks of a live stream. */
export const LiveStream = Schema.Struct({
  hasVideo: Schema.Boolean,
  hasAudio: Schema.Boolean,
  /** Displayed size in pixels. 0 without a picture. */
  width: Schema.Int.pipe(Schema.between(0, 16_384)),
  height: Schema.Int.pipe(Schema.between(0, 16_384)),
  /** Frames per second. 0 without a picture or when unknown. */
  fps: Schema.Number.pipe(Schema.between(0, 1000))
}).pipe(
  Schema.filter(({ hasAudio, hasVideo }) => hasAudio || hasVideo || "expected sound or a picture"),
  Schema.filter(
    ({ hasVideo, height, width }) => !hasVideo || (width > 0 && height > 0) || "expected the size of the picture"
  )
)
export type LiveStream = typeof LiveStream.Type

/** The request of the host. */
export interface StartLive extends Scheduling {
  /**
   * The URL, `rtmp:` or `rtmps:`, from which runners play the stream as soon as they accept the job. It may contain a
   * stream key, so it appears in no log, error or list.
   */
  readonly rtmpUrl: string | URL
  /** The folder in storage that receives the files. */
  readonly destination: string
  /** The prefix of the file names of the replay. */
  readonly baseName?: string | undefined
  /** The host's own id. When there is a video with this id, the call returns it and starts nothing. */
  readonly externalId?: string | undefined
  /** The host's own facts: a JSON object of at most 8 KiB and 8 levels. */
  readonly metadata?: object | undefined
  /** The title for people: one line in any script, at most 500 characters. Stored unchanged. */
  readonly title?: string | undefined
  /** The tracks of the stream. Probed when absent. */
  readonly source?: LiveStream | undefined
  /** Settings for this live only. Missing ones are as configured. */
  readonly settings?: Partial<TranscodingSettings> | undefined
  /** Keep all segments and make a replay after the live. */
  readonly replay?: boolean | undefined
  /** Make a storyboard of the replay. */
  readonly storyboard?: boolean | undefined
  /** Seconds. Shorter segments reduce latency. 4 by default. */
  readonly segmentDuration?: number | undefined
  /** The origin under which runners reach this server for the jobs of the replay. The configured one when absent. */
  readonly publicUrl?: string | URL | undefined
}

const Request = Schema.Struct({
  destination: Destination,
  baseName: Schema.OptionFromUndefinedOr(BaseName),
  externalId: hostFields.externalId,
  metadata: hostFields.metadata,
  title: hostFields.title,
  ...schedulingFields,
  source: Schema.OptionFromUndefinedOr(LiveStream),
  replay: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  segmentDuration: Schema.optionalWith(Schema.Int.pipe(Schema.between(1, 30)), { default: () => 4 }),
  publicUrl: PublicUrlField,
  plan: TranscodingPlan
})

/** The request with complete settings. */
export const decodeLive = (
  { publicUrl, rtmpUrl, settings, storyboard, ...request }: StartLive,
  configured: TranscodingSettings
): Effect.Effect<typeof Request.Type & { readonly url: URL }, InvalidRequest> =>
  Effect.gen(function* () {
    const url = yield* Effect.mapError(
      parseLiveSource(String(rtmpUrl)),
      ({ message }) => new InvalidRequest({ detail: message })
    )
    const plan = { ...defaultPlan, ...given({ storyboard }), settings: { ...configured, ...given(settings) } }
    const decoded = yield* Effect.mapError(
      Schema.decodeUnknown(Request, { errors: "all" })({ ...given(request), publicUrl: publicUrl?.toString(), plan }),
      invalid
    )
    return { ...decoded, url }
  })

/** The stream as input of the job graph. It has no duration yet. */
export const summaryOf = ({ fps, hasAudio, hasVideo, height, width }: LiveStream): MediaSummary => ({
  duration: Option.none(),
  size: 0,
  hasAudio,
  hasVideo,
  width: hasVideo ? width : 0,
  height: hasVideo ? height : 0,
  fps: hasVideo ? fps : 0
})
