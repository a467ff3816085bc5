import { Effect, Option, Schema } from "effect"
import { parseLiveSource } from "../../domain/live/LiveSource.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import { BaseName } from "../../domain/video/FileNames.ts"
import { defaultPlan, TranscodingPlan } from "../../domain/video/TranscodingPlan.ts"
import type { TranscodingSettings } from "../../domain/video/TranscodingSettings.ts"
import { InvalidRequest } from "../errors.ts"
import { Destination, given, invalid } from "../video/transcodeRequest.ts"

/** What a live stream holds. */
export const LiveStream = Schema.Struct({
  hasVideo: Schema.Boolean,
  hasAudio: Schema.Boolean,
  /** Pixels as shown; 0 without a picture. */
  width: Schema.Int.pipe(Schema.between(0, 16_384)),
  height: Schema.Int.pipe(Schema.between(0, 16_384)),
  /** Frames a second; 0 without a picture or when unknown. */
  fps: Schema.Number.pipe(Schema.between(0, 1000))
}).pipe(
  Schema.filter(({ hasAudio, hasVideo }) => hasAudio || hasVideo || "expected sound or a picture"),
  Schema.filter(
    ({ hasVideo, height, width }) => !hasVideo || (width > 0 && height > 0) || "expected the size of the picture"
  )
)
export type LiveStream = typeof LiveStream.Type

/** What the host asks for. */
export interface StartLive {
  /**
   * Where runners play the stream, by `rtmp:` or `rtmps:`, as soon as they are asked to. It goes to runners and
   * into no log, no error and no list: it may hold the key of the stream.
   */
  readonly rtmpUrl: string | URL
  /** The folder in storage that receives what is made. */
  readonly destination: string
  /** Starts the names of the files made of the replay. */
  readonly baseName?: string | undefined
  /** What the stream holds; looked up at the address when left out. */
  readonly source?: LiveStream | undefined
  /** Settings for this live alone; what is left out is as configured. */
  readonly settings?: Partial<TranscodingSettings> | undefined
  /** All segments are kept, and become a video when the live is over. */
  readonly replay?: boolean | undefined
  /** A storyboard is made of that video, where a runner knows how to. */
  readonly storyboard?: boolean | undefined
  /** Seconds; shorter ones come sooner. 4 by default. */
  readonly segmentDuration?: number | undefined
}

const Request = Schema.Struct({
  destination: Destination,
  baseName: Schema.OptionFromUndefinedOr(BaseName),
  source: Schema.OptionFromUndefinedOr(LiveStream),
  replay: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  segmentDuration: Schema.optionalWith(Schema.Int.pipe(Schema.between(1, 30)), { default: () => 4 }),
  plan: TranscodingPlan
})

/** The request with its settings complete. */
export const decodeLive = (
  { rtmpUrl, settings, storyboard, ...request }: StartLive,
  configured: TranscodingSettings
): Effect.Effect<typeof Request.Type & { readonly url: URL }, InvalidRequest> =>
  Effect.gen(function* () {
    const url = yield* Effect.mapError(
      parseLiveSource(String(rtmpUrl)),
      ({ message }) => new InvalidRequest({ detail: message })
    )
    const plan = { ...defaultPlan, ...given({ storyboard }), settings: { ...configured, ...given(settings) } }
    const decoded = yield* Effect.mapError(
      Schema.decodeUnknown(Request, { errors: "all" })({ ...given(request), plan }),
      invalid
    )
    return { ...decoded, url }
  })

/** A stream as what jobs are made for. It has no end yet. */
export const summaryOf = ({ fps, hasAudio, hasVideo, height, width }: LiveStream): MediaSummary => ({
  duration: Option.none(),
  size: 0,
  hasAudio,
  hasVideo,
  width: hasVideo ? width : 0,
  height: hasVideo ? height : 0,
  fps: hasVideo ? fps : 0
})
