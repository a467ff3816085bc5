import { Effect, Option, Schema } from "effect"
import * as bitrateLimit from "../bitrateLimit.ts"
import { type SoundCoding, soundOf } from "../encoders.ts"
import { noStream } from "../Input.ts"
import { JobFailed } from "../JobType.ts"
import * as Payload from "../Payload.ts"
import { type PictureSize, sizeOf } from "../PictureSize.ts"
import type { SourceMedia, SourcePicture } from "../SourceMedia.ts"

/** Maximum number of renditions, because all of them are encoded in real time. */
const MAX_RENDITIONS = 10

export const LivePayload = Schema.Struct({
  input: Schema.Struct({ rtmpUrl: Schema.String }),
  output: Schema.Struct({
    toTranscode: Schema.Array(Schema.Struct({ resolution: Payload.Resolution, fps: Payload.FrameRate })).pipe(
      Schema.minItems(1),
      Schema.maxItems(MAX_RENDITIONS)
    ),
    /** Seconds. */
    segmentDuration: Schema.Number.pipe(Schema.between(0.5, 60)),
    /** Number of segments in a playlist. */
    segmentListSize: Schema.Int.pipe(Schema.between(1, 1000))
  })
})
export type LivePayload = typeof LivePayload.Type

const DEFAULT_FPS = 30

/** A video variant of a live stream. */
export interface LivePicture extends PictureSize, Omit<SourcePicture, "stream"> {
  readonly fps: number
  readonly limit: bitrateLimit.BitrateLimit
}

/** The variants of a live stream. They are numbered from 0: first the audio, if there is any, then the videos. */
export interface LivePlan {
  readonly sound: Option.Option<SoundCoding>
  readonly pictures: ReadonlyArray<LivePicture>
  /** Seconds. */
  readonly segmentDuration: number
  readonly segmentListSize: number
}

/** Returns the number of variant playlists, without the master playlist. */
export const variantsOf = ({ pictures, sound }: LivePlan): number => pictures.length + (Option.isSome(sound) ? 1 : 0)

const picturesOf = ({ video }: SourceMedia, { toTranscode }: LivePayload["output"]): ReadonlyArray<LivePicture> =>
  Option.match(video, {
    onNone: () => [],
    onSome: ({ fps: own, isInterlaced, ratio, transfer }) =>
      toTranscode
        .filter(({ resolution }) => resolution > 0)
        .map(({ fps: requested, resolution }) => {
          const fps = requested || own || DEFAULT_FPS
          const limit = bitrateLimit.forRendition({ resolution, ratio, fps }, Option.none())
          return { ...sizeOf(resolution, ratio), fps, limit, isInterlaced, transfer }
        })
  })

/**
 * Plans the variants of a live stream with these tracks. As in the official runner, the audio is always separate from
 * the video, whether or not the server requests it. A live stream without video has only the audio variant.
 */
export const planOf = (source: SourceMedia, { output }: LivePayload): Effect.Effect<LivePlan, JobFailed> => {
  const sound = Option.map(source.audio, ({ channels, sampleRate }) => soundOf(channels, sampleRate))
  const pictures = picturesOf(source, output)
  const { segmentDuration, segmentListSize } = output
  if (pictures.length > 0 || Option.isSome(sound)) {
    return Effect.succeed({ sound, pictures, segmentDuration, segmentListSize })
  }
  return Effect.fail(noStream(Option.isSome(source.video) ? "audio" : "video"))
}

/** Parses the address to play. The error does not contain the address, which includes the stream key. */
export const addressOf = ({ input }: LivePayload): Effect.Effect<URL, JobFailed> =>
  URL.canParse(input.rtmpUrl)
    ? Effect.succeed(new URL(input.rtmpUrl))
    : Effect.fail(new JobFailed({ message: "The address of the live stream is invalid" }))
