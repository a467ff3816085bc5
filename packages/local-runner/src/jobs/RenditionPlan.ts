import type { FileSystem } from "@effect/platform"
import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option } from "effect"
import * as bitrateLimit from "./bitrateLimit.ts"
import { soundOf } from "./encoders.ts"
import * as Input from "./Input.ts"
import type { JobContext, JobError } from "./JobType.ts"
import type { VideoInput } from "./Payload.ts"
import { sizeOf } from "./PictureSize.ts"
import type { AudioTrack, Rendition, VideoTrack } from "./Rendition.ts"
import * as Timeline from "./Timeline.ts"

/** The rendition that a server requests. */
export interface Requested {
  /** Short side in pixels. 0 for audio only. */
  readonly resolution: number
  /** Frames per second. 0 for the rate of the source. */
  readonly fps: number
  /** Removes the audio from a rendition with video. */
  readonly separatedAudio: boolean
}

/** The video comes from the first input, the audio from the last. */
export type Inputs = Arr.NonEmptyReadonlyArray<Input.Input>

/** The inputs of a rendition and its encoding. */
export interface RenditionPlan {
  readonly inputs: Inputs
  readonly rendition: Rendition
  readonly timeline: Timeline.Timeline
  /** Duration of the result in seconds. */
  readonly duration: Option.Option<number>
}

/** Frame rate for a source with an unknown rate. */
export const DEFAULT_FPS = 30

const wantsPicture = ({ resolution }: Requested): boolean => resolution > 0
const wantsSound = ({ resolution, separatedAudio }: Requested): boolean => resolution === 0 || !separatedAudio

/** Selects and downloads the files that contain the requested streams. */
const fetchInputs = (
  context: JobContext,
  { separatedAudioFileUrl, videoFileUrl }: typeof VideoInput.Type,
  requested: Requested
) =>
  Effect.gen(function* () {
    const [soundUrl] = separatedAudioFileUrl
    if (soundUrl === undefined || !wantsSound(requested)) {
      return Arr.of(yield* Input.fetch(context, videoFileUrl, "video"))
    }
    if (!wantsPicture(requested)) return Arr.of(yield* Input.fetch(context, soundUrl, "audio"))
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
  requested: Requested
): Option.Option<VideoTrack> => {
  const { resolution } = requested
  return Option.map(video, ({ fps: own, isInterlaced, ratio, stream, transfer }) => {
    const fps = requested.fps || own || DEFAULT_FPS
    return {
      ...{ input: 0, stream, transfer, isInterlaced, fps, padding },
      ...sizeOf(resolution, ratio),
      limit: bitrateLimit.forRendition({ resolution, ratio, fps }, bitrate)
    }
  })
}

/** Downloads the inputs of a rendition and plans its encoding. Fails when the source lacks a required stream. */
export const make = (
  context: JobContext,
  input: typeof VideoInput.Type,
  requested: Requested
): Effect.Effect<RenditionPlan, JobError, Ffmpeg | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const inputs = yield* fetchInputs(context, input, requested)
    const [{ media }] = inputs
    const timeline = Timeline.of(media, Arr.lastNonEmpty(inputs).media)
    const video = wantsPicture(requested) ? videoTrack(media, timeline, requested) : Option.none()
    const audio = wantsSound(requested) ? audioTrack(inputs, timeline) : Option.none()
    if (wantsPicture(requested) && Option.isNone(video)) return yield* Input.noStream("video")
    if (!wantsPicture(requested) && Option.isNone(audio)) return yield* Input.noStream("audio")
    const rendition = { inputs, encoder: context.encoder, video, audio }
    return { inputs, rendition, timeline, duration: timeline.duration }
  })
