import { Either, Option } from "effect"
import { outputFps } from "../media/FrameRates.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Rung } from "../media/Resolutions.ts"
import { lateStart, silentEnd, silentStart } from "../media/SourceTracks.ts"
import type { Resolution, TranscodingSettings } from "../video/TranscodingSettings.ts"

const jobTypes = {
  web: "vod-web-video-transcoding",
  hls: "vod-hls-transcoding",
  merge: "vod-audio-merge-transcoding"
} as const

/** The job types that make renditions, by their names on the wire. */
export type VodJobType = (typeof jobTypes)[keyof typeof jobTypes]

/** One job of a graph with its dependency. */
export interface GraphNode extends Rung {
  /** Unique in its graph, such as `hls-480`. */
  readonly key: string
  readonly type: VodJobType
  /** Audio has its own rendition (resolution 0) and the others have none. HLS only. */
  readonly separatedAudio: boolean
  /** The key of the node that must be completed first. It comes earlier in the graph. */
  readonly dependsOn: Option.Option<string>
  /** Required nodes run before every other node. */
  readonly required: boolean
  /** Lower values run first. */
  readonly priority: number
  /** Its input file is no longer needed once it is completed. */
  readonly deletesInput: boolean
  /** The progressive files are no longer needed once it is completed and HLS has every track of the source. */
  readonly deletesWebVideos: boolean
  /** Its completion may publish the video. */
  readonly canPublish: boolean
}

/** The settings that select renditions. 0 stands for audio only. */
export interface GraphSettings extends Pick<TranscodingSettings, "alwaysTranscodeOriginalResolution" | "fps"> {
  readonly resolutions: ReadonlyArray<Resolution | 0>
}

/** The input of a graph. */
export interface GraphOptions {
  readonly source: MediaSummary
  readonly settings: GraphSettings
  /** Make HLS renditions. */
  readonly hls: boolean
  /** Make progressive MP4 files. */
  readonly webVideos: boolean
  /** Put the HLS audio into a rendition of its own. */
  readonly splitAudio: boolean
  /** Make a video of an audio file and a still picture. */
  readonly audioMerge: boolean
  /** Keep the source. */
  readonly keepSource: boolean
  /**
   * The number of videos that the user submitted recently. Each one lowers the priority of the next. 0 without a user.
   */
  readonly userJobs: number
}

/** The first priority of required jobs. */
export const REQUIRED = 100
/** The first priority of the other jobs. */
export const OPTIONAL = 10_000

/** Short side of a video made of audio and a still picture, independent of the settings. */
export const MERGED_RESOLUTION = 480

/** A node without dependencies that is required and may publish the video, unless overridden. */
export const node = (kind: keyof typeof jobTypes, rung: Rung, rest: Partial<GraphNode> = {}): GraphNode => ({
  key: `${kind}-${rung.resolution}`,
  type: jobTypes[kind],
  resolution: rung.resolution,
  fps: rung.fps,
  separatedAudio: false,
  dependsOn: Option.none(),
  required: true,
  priority: REQUIRED,
  deletesInput: false,
  deletesWebVideos: false,
  canPublish: true,
  ...rest
})

/** True for audio that will become a video. */
export const isMerged = ({ audioMerge, source }: Pick<GraphOptions, "audioMerge" | "source">): boolean =>
  audioMerge && source.hasAudio && !source.hasVideo

/** The frame rate of a video made of audio and a still picture. */
export const mergedFps = ({ audioMerge, max }: TranscodingSettings["fps"]): number => Math.min(audioMerge, max)

/**
 * Only a source with a picture has audio to separate. Audio that ends before the picture is always separated: players stop
 * forever before a segment without sound, while they play on when a rendition of sound alone has ended. So are tracks of
 * which one begins late: FFmpeg loses the start of a track that has no packet in the first segment of a file.
 */
export const isSplit = (options: Pick<GraphOptions, "audioMerge" | "source" | "splitAudio">): boolean =>
  options.source.hasAudio &&
  (options.source.hasVideo || isMerged(options)) &&
  (options.splitAudio || endsInSilence(options.source) || startGap(options.source) > APART)

/** Seconds. A shorter silence is the rounding of an audio frame, and never a whole segment. */
const SILENCE = 0.1

const endsInSilence = ({ heard, shown }: MediaSummary): boolean =>
  silentEnd({ heard: Option.fromNullable(heard), shown: Option.fromNullable(shown) }) > SILENCE

/** Seconds between the starts of two tracks. Segments have at least four, and a track may need a part of them. */
const APART = 3

/** Seconds between the starts of the picture and the audio. 0 when unknown. */
export const startGap = ({ heard, shown }: Pick<MediaSummary, "heard" | "shown">): number => {
  const spans = { heard: Option.fromNullable(heard), shown: Option.fromNullable(shown) }
  return Math.max(silentStart(spans), lateStart(spans))
}

/** The frame rate to request. Sources below the minimum get the minimum. */
export const fpsFor = (options: Parameters<typeof outputFps>[0]): number =>
  Either.getOrElse(outputFps(options), () => options.settings.fps.min)
