import { Effect, Option, Schema } from "effect"
import * as bitrateLimit from "../bitrateLimit.ts"
import { type SoundCoding, soundOf } from "../encoders.ts"
import { noStream } from "../Input.ts"
import { JobFailed } from "../JobType.ts"
import * as Payload from "../Payload.ts"
import { type PictureSize, sizeOf } from "../PictureSize.ts"
import type { SourceMedia, SourcePicture } from "../SourceMedia.ts"

/** The most renditions that anybody asks for; each is encoded while the live goes on. */
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
    /** How many segments a playlist lists. */
    segmentListSize: Schema.Int.pipe(Schema.between(1, 1000))
  })
})
export type LivePayload = typeof LivePayload.Type

const DEFAULT_FPS = 30

/** A picture of a live. */
export interface LivePicture extends PictureSize, Omit<SourcePicture, "stream"> {
  readonly fps: number
  readonly limit: bitrateLimit.BitrateLimit
}

/** What is made of a live. Its variants are numbered from 0: the sound, when there is any, then the pictures. */
export interface LivePlan {
  readonly sound: Option.Option<SoundCoding>
  readonly pictures: ReadonlyArray<LivePicture>
  /** Seconds. */
  readonly segmentDuration: number
  readonly segmentListSize: number
}

/** How many playlists a live has besides the master playlist. */
export const variantsOf = ({ pictures, sound }: LivePlan): number => pictures.length + (Option.isSome(sound) ? 1 : 0)

const picturesOf = ({ video }: SourceMedia, { toTranscode }: LivePayload["output"]): ReadonlyArray<LivePicture> =>
  Option.match(video, {
    onNone: () => [],
    onSome: ({ fps: own, isInterlaced, ratio, transfer }) =>
      toTranscode
        .filter(({ resolution }) => resolution > 0)
        .map(({ fps: asked, resolution }) => {
          const fps = asked || own || DEFAULT_FPS
          const limit = bitrateLimit.forRendition({ resolution, ratio, fps }, Option.none())
          return { ...sizeOf(resolution, ratio), fps, limit, isInterlaced, transfer }
        })
  })

/**
 * What to make of a live in which this was found. The sound is always kept apart from the picture, as the real runner
 * does, whether or not it was asked for; a live of sound alone has that one variant, whatever was asked for.
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

/** The address to play; the sentence that refuses it does not repeat it, since it holds the key of the stream. */
export const addressOf = ({ input }: LivePayload): Effect.Effect<URL, JobFailed> =>
  URL.canParse(input.rtmpUrl)
    ? Effect.succeed(new URL(input.rtmpUrl))
    : Effect.fail(new JobFailed({ message: "The address of the live cannot be read" }))
