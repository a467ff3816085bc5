import type { FileSystem } from "@effect/platform"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option } from "effect"
import * as bitrateLimit from "./bitrateLimit.ts"
import { presets, soundOf } from "./encoders.ts"
import * as Input from "./Input.ts"
import type { JobContext, JobError } from "./JobType.ts"
import type { VideoInput } from "./Payload.ts"
import { sizeOf } from "./PictureSize.ts"
import type { AudioTrack, Rendition, VideoTrack } from "./Rendition.ts"
import * as Timeline from "./Timeline.ts"

/** What a server wants of a rendition. */
export interface Asked {
  /** Short side in pixels; 0 for sound alone. */
  readonly resolution: number
  /** 0 for that of the source. */
  readonly fps: number
  /** A rendition with a picture gets no sound. */
  readonly separatedAudio: boolean
}

/** The picture comes from the first, the sound from the last. */
export type Inputs = Arr.NonEmptyReadonlyArray<Input.Input>

/** The files that a rendition is made of, and how. */
export interface RenditionPlan {
  readonly inputs: Inputs
  readonly rendition: Rendition
  /** Seconds that the result will last. */
  readonly duration: Option.Option<number>
}

/** Frames a second of a source that does not say. */
export const DEFAULT_FPS = 30

const wantsPicture = ({ resolution }: Asked): boolean => resolution > 0
const wantsSound = ({ resolution, separatedAudio }: Asked): boolean => resolution === 0 || !separatedAudio

/** The files that hold what is asked for. */
const fetchInputs = (
  context: JobContext,
  { separatedAudioFileUrl, videoFileUrl }: typeof VideoInput.Type,
  asked: Asked
) =>
  Effect.gen(function* () {
    const [soundUrl] = separatedAudioFileUrl
    if (soundUrl === undefined || !wantsSound(asked)) {
      return Arr.of(yield* Input.fetch(context, videoFileUrl, "video"))
    }
    if (!wantsPicture(asked)) return Arr.of(yield* Input.fetch(context, soundUrl, "audio"))
    const video = yield* Input.fetch(context, videoFileUrl, "video")
    return Arr.make(video, yield* Input.fetch(context, soundUrl, "audio"))
  })

const audioTrack = (inputs: Inputs, { silenceUntil }: Timeline.Timeline): Option.Option<AudioTrack> => {
  const { media } = Arr.lastNonEmpty(inputs)
  const input = inputs.length - 1
  return Option.map(media.audio, ({ channels, sampleRate, stream }) => ({
    ...{ input, stream, silenceUntil },
    ...soundOf(channels, sampleRate)
  }))
}

const videoTrack = (
  { bitrate, video }: Input.Input["media"],
  { padding }: Timeline.Timeline,
  asked: Asked,
  preset: string
): Option.Option<VideoTrack> => {
  const { resolution } = asked
  return Option.map(video, ({ fps: own, isInterlaced, ratio, stream, transfer }) => {
    const fps = asked.fps || own || DEFAULT_FPS
    return {
      ...{ input: 0, stream, transfer, isInterlaced, fps, preset, padding },
      ...sizeOf(resolution, ratio),
      limit: bitrateLimit.forRendition({ resolution, ratio, fps }, bitrate)
    }
  })
}

/** Fetches what the rendition needs and decides how it is made; fails when the source lacks a stream for it. */
export const make = (
  context: JobContext,
  input: typeof VideoInput.Type,
  asked: Asked
): Effect.Effect<RenditionPlan, JobError, Ffmpeg | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { engine } = yield* Ffmpeg
    const inputs = yield* fetchInputs(context, input, asked)
    const [{ media }] = inputs
    const timeline = Timeline.of(media, Arr.lastNonEmpty(inputs).media)
    const video = wantsPicture(asked) ? videoTrack(media, timeline, asked, presets[engine]) : Option.none()
    const audio = wantsSound(asked) ? audioTrack(inputs, timeline) : Option.none()
    if (wantsPicture(asked) && Option.isNone(video)) return yield* Input.noStream("video")
    if (!wantsPicture(asked) && Option.isNone(audio)) return yield* Input.noStream("audio")
    return { inputs, rendition: { inputs, video, audio }, duration: timeline.duration }
  })
