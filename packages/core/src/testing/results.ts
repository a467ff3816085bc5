import { Option, Schema } from "effect"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import { Storyboard } from "../domain/storyboard/Storyboard.ts"
import type { Video } from "../domain/video/Video.ts"
import { anAudioFile, aPicture, aPlaylist, aVideo, mediaName } from "./media.ts"

/** A file of a result or a report. */
export interface TestFile {
  readonly bytes: Uint8Array
  /** The name that the runner sends. */
  readonly filename: string
  readonly contentType: string
}

/** The fields of a result or a report: texts and files. */
export type TestPayload = Readonly<Record<string, string | TestFile>>

/** A file as a runner sends it. */
export const aFile = (
  content: Uint8Array | string,
  filename: string,
  contentType = "application/octet-stream"
): TestFile => ({
  bytes: typeof content === "string" ? new TextEncoder().encode(content) : content,
  filename,
  contentType
})

/** Seconds when the video or its duration is unknown. */
const SECONDS = 60

const Rendition = Schema.Struct({
  output: Schema.Struct({
    resolution: Schema.Int,
    fps: Schema.optionalWith(Schema.Int, { default: () => 0 }),
    separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false })
  })
})

const Edited = Schema.Struct({ expectedDuration: Schema.NullOr(Schema.Number) })

const secondsOf = (video: Option.Option<Video>, chunk: Option.Option<number> = Option.none()): number =>
  Option.firstSomeOf([
    Option.flatMap(Option.all([video, chunk]), ([{ chunking }, index]) =>
      Option.flatMapNullable(chunking, ({ chunks }) => chunks[index]?.duration)
    ),
    Option.flatMap(video, ({ source }) => source.duration)
  ]).pipe(Option.getOrElse(() => SECONDS))

/** The media file of a rendition: as large as requested, in the shape and with the tracks of the source. */
const rendition = (payload: unknown, video: Option.Option<Video>, chunk?: Option.Option<number>) => {
  const { fps, resolution, separatedAudio } = Schema.decodeUnknownSync(Rendition)(payload).output
  const seconds = secondsOf(video, chunk)
  const source = Option.match(video, {
    onNone: () => ({ width: 16, height: 9, hasAudio: true }),
    onSome: ({ source: { hasAudio, height, hasVideo, width } }) =>
      hasVideo ? { width, height, hasAudio } : { width: 16, height: 9, hasAudio }
  })
  const scale = resolution / Math.min(source.width, source.height)
  const bytes =
    resolution === 0
      ? anAudioFile({ seconds })
      : aVideo({
          width: Math.round(source.width * scale),
          height: Math.round(source.height * scale),
          seconds,
          fps: fps > 0 ? fps : 30,
          hasAudio: source.hasAudio && !separatedAudio
        })
  return { resolution, seconds, videoFile: aFile(bytes, mediaName(resolution), "video/mp4") }
}

const playlistFile = (resolution: number, seconds: number): TestFile =>
  aFile(aPlaylist(mediaName(resolution), seconds), `${resolution}.m3u8`, "application/vnd.apple.mpegurl")

/** Captions of one cue. */
export const aCaptionsFile = (text = "WEBVTT\n\n00:01.000 --> 00:02.500\nMeow.\n"): TestFile =>
  aFile(text, "captions.vtt", "text/vtt")

/**
 * A result that the server accepts, for each built-in type of job. Jobs of other types get an empty result. The video is
 * that of the job.
 */
export const resultFor = (
  {
    chunk,
    payload,
    privatePayload,
    type
  }: Pick<RunnerJob, "type" | "payload" | "privatePayload"> & Partial<Pick<RunnerJob, "chunk">>,
  video: Option.Option<Video>
): TestPayload => {
  switch (type) {
    case "vod-hls-transcoding": {
      const { resolution, seconds, videoFile } = rendition(payload, video, chunk)
      return { videoFile, resolutionPlaylistFile: playlistFile(resolution, seconds) }
    }
    case "vod-web-video-transcoding":
    case "vod-audio-merge-transcoding":
      return { videoFile: rendition(payload, video).videoFile }
    case "video-transcription":
      return { inputLanguage: "en", vttFile: aCaptionsFile() }
    case "generate-video-storyboard": {
      const { grid, sprite } = Schema.validateSync(Storyboard)(payload)
      const picture = aPicture({ width: grid.width * sprite.width, height: grid.height * sprite.height })
      return { storyboardFile: aFile(picture, "storyboard.jpg", "image/jpeg") }
    }
    case "video-studio-transcoding": {
      const { expectedDuration } = Schema.decodeUnknownSync(Edited)(privatePayload)
      const bytes = aVideo({ seconds: expectedDuration ?? secondsOf(video) })
      return { videoFile: aFile(bytes, "edited.mp4", "video/mp4") }
    }
    default:
      return {}
  }
}
