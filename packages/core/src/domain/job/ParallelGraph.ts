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
 * The graph that makes something play soonest: every rendition is made from the source and waits for no other, the
 * lowest first. Split sound comes before all pictures, since none of them is heard without it; sound alone beside
 * renditions that have their own comes last. Where both kinds are wanted, HLS comes before the progressive file of the
 * same size.
 *
 * A merge is the one thing that others wait for. When progressive files are wanted, it is itself the one of its size.
 *
 * Required is what the first picture with its sound needs. No rendition deletes the source or the progressive files,
 * because the others still read them: what is not to be kept goes when the last job has ended. The number of a user's
 * videos plays no part: the first rendition of a video comes before the second one of any other.
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

/** What a merge makes, as if it had been handed in. */
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

/** Sound alone as a rendition of its own, where that is enabled and has not been made for another reason. */
const soundLast = (options: GraphOptions, rest: Rest): ReadonlyArray<GraphNode> => {
  const { hls, settings, source, webVideos } = options
  const hasPictures = source.hasVideo || isMerged(options)
  if (!settings.resolutions.includes(0) || !source.hasAudio || !hasPictures) return []
  return [
    ...(hls && !isSplit(options) ? [node("hls", silence, { ...rest, required: false })] : []),
    ...(webVideos ? [node("web", silence, { ...rest, required: false })] : [])
  ]
}
