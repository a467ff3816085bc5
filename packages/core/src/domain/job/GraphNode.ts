import { Either, Option } from "effect"
import { outputFps } from "../media/FrameRates.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Rung } from "../media/Resolutions.ts"
import type { Resolution, TranscodingSettings } from "../video/TranscodingSettings.ts"

const jobTypes = {
  web: "vod-web-video-transcoding",
  hls: "vod-hls-transcoding",
  merge: "vod-audio-merge-transcoding"
} as const

/** The job types that make renditions of a video on demand, by their names on the wire. */
export type VodJobType = (typeof jobTypes)[keyof typeof jobTypes]

/** One job to be made, and how it hangs together with the others of its graph. */
export interface GraphNode extends Rung {
  /** Unique in its graph, such as `hls-480`. */
  readonly key: string
  readonly type: VodJobType
  /** Sound has a rendition of its own (resolution 0) and the others have none; HLS only, false elsewhere. */
  readonly separatedAudio: boolean
  /** The node that must be completed first; it stands earlier in the graph. */
  readonly dependsOn: Option.Option<string>
  /** Somebody waits for it; what is not required comes after everything that is. */
  readonly required: boolean
  /** Lower comes first. */
  readonly priority: number
  /** The file it was made from is no longer wanted once it is completed. */
  readonly deletesInput: boolean
  /** The progressive files are no longer wanted once it is completed and HLS has every track of the source. */
  readonly deletesWebVideos: boolean
  /** Its completion may publish the video. */
  readonly canPublish: boolean
}

/** The part of the settings that decides which renditions there are; 0 stands for sound alone. */
export interface GraphSettings extends Pick<TranscodingSettings, "alwaysTranscodeOriginalResolution" | "fps"> {
  readonly resolutions: ReadonlyArray<Resolution | 0>
}

/** What decides which jobs a video needs. */
export interface GraphOptions {
  readonly source: MediaSummary
  readonly settings: GraphSettings
  /** HLS renditions are wanted. */
  readonly hls: boolean
  /** Progressive MP4 files are wanted. */
  readonly webVideos: boolean
  /** HLS has its sound in a rendition of its own. */
  readonly splitAudio: boolean
  /** Sound without a picture becomes a video with a still one. */
  readonly audioMerge: boolean
  /** The source stays where it is. */
  readonly keepSource: boolean
  /** How many videos the user has handed in lately; each makes the next one wait a little longer. 0 without a user. */
  readonly userJobs: number
}

/** Where the priorities of required jobs begin. */
export const REQUIRED = 100
/** Where the priorities of the other jobs begin. */
export const OPTIONAL = 10_000

/** Short side of what is made of sound and a still picture, whatever is enabled. */
export const MERGED_RESOLUTION = 480

/** A node that stands alone, is required and may publish the video, but for what is said otherwise. */
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

/** Sound alone that is to become a video. */
export const isMerged = ({ audioMerge, source }: Pick<GraphOptions, "audioMerge" | "source">): boolean =>
  audioMerge && source.hasAudio && !source.hasVideo

/** Frames a second of what is made of sound and a still picture. */
export const mergedFps = ({ audioMerge, max }: TranscodingSettings["fps"]): number => Math.min(audioMerge, max)

/** Sound can only be separated from a picture. */
export const isSplit = (options: GraphOptions): boolean =>
  options.splitAudio && options.source.hasAudio && (options.source.hasVideo || isMerged(options))

/** Frames a second to ask for; a source slower than all sense gets the least. */
export const fpsFor = (options: Parameters<typeof outputFps>[0]): number =>
  Either.getOrElse(outputFps(options), () => options.settings.fps.min)
