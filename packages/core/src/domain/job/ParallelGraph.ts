import { Option } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import { ladder, type Rung } from "../media/Resolutions.ts"
import type { Resolution } from "../video/TranscodingSettings.ts"
import {
  type GraphNode,
  type GraphOptions,
  isMerged,
  isSplit,
  MERGED_RESOLUTION,
  mergedFps,
  node,
  REQUIRED
} from "./GraphNode.ts"

/**
 * The graph with the earliest playback: every rendition is made from the source and waits for no other, the lowest
 * first. Split audio comes before all pictures, because none has audio without it. Audio for renditions that have their
 * own comes last. HLS comes before the progressive file of the same size.
 *
 * Only a merge has dependents. When progressive files are requested, it is the one of its size.
 *
 * The first picture and its audio are required. No rendition deletes the source or the progressive files, because the
 * others still read them. They are deleted when the last job has ended. The number of videos of a user plays no part:
 * the first rendition of a video comes before the second one of any other video.
 */
export const parallelGraph = (options: GraphOptions): ReadonlyArray<GraphNode> => {
  if (!options.hls && !options.webVideos) return []
  const merge = isMerged(options) ? [mergeNode(options)] : []
  const rest = { dependsOn: merge[0] === undefined ? Option.none<string>() : Option.some(merge[0].key) }
  const nodes = [...merge, ...soundFirst(options, rest), ...pictures(options, rest), ...soundLast(options, rest)]
  return nodes.map((made, position) => ({ ...made, priority: REQUIRED + position }))
}

const mergeNode = ({ keepSource, settings, webVideos }: GraphOptions): GraphNode =>
  node(
    "merge",
    { resolution: MERGED_RESOLUTION, fps: mergedFps(settings.fps) },
    { deletesInput: !keepSource, canPublish: webVideos }
  )

type Rest = Pick<GraphNode, "dependsOn">

const silence: Rung = { resolution: 0, fps: 0 }

const soundFirst = (options: GraphOptions, rest: Rest): ReadonlyArray<GraphNode> =>
  options.hls && isSplit(options) ? [node("hls", silence, { ...rest, separatedAudio: true })] : []

/** The result of a merge, as a source. */
const merged = (options: GraphOptions): MediaSummary => ({
  ...options.source,
  hasVideo: true,
  width: (MERGED_RESOLUTION / 9) * 16,
  height: MERGED_RESOLUTION,
  fps: mergedFps(options.settings.fps)
})

const pictures = (options: GraphOptions, rest: Rest): ReadonlyArray<GraphNode> => {
  const { hls, settings, source, webVideos } = options
  const resolutions = settings.resolutions.filter((resolution): resolution is Resolution => resolution !== 0)
  const rungs = ladder({ settings: { ...settings, resolutions }, source: isMerged(options) ? merged(options) : source })
  return rungs.flatMap((rung, position) => {
    const required = position === 0
    const isMade = isMerged(options) && rung.resolution === MERGED_RESOLUTION
    return [
      ...(hls ? [node("hls", rung, { ...rest, required, separatedAudio: isSplit(options) })] : []),
      ...(webVideos && !isMade ? [node("web", rung, { ...rest, required })] : [])
    ]
  })
}

/** An audio rendition, where it is enabled and not made for another reason. */
const soundLast = (options: GraphOptions, rest: Rest): ReadonlyArray<GraphNode> => {
  const { hls, settings, source, webVideos } = options
  const hasPictures = source.hasVideo || isMerged(options)
  if (!settings.resolutions.includes(0) || !source.hasAudio || !hasPictures) return []
  return [
    ...(hls && !isSplit(options) ? [node("hls", silence, { ...rest, required: false })] : []),
    ...(webVideos ? [node("web", silence, { ...rest, required: false })] : [])
  ]
}
