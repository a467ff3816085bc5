import { Array as Arr, Option } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import { enabledResolutions, type Rung, resolutionOfRoot } from "../media/Resolutions.ts"
import {
  fpsFor,
  type GraphNode,
  type GraphOptions,
  type GraphSettings,
  isMerged,
  isSplit,
  MERGED_RESOLUTION,
  mergedFps,
  node,
  OPTIONAL,
  REQUIRED
} from "./GraphNode.ts"

/**
 * The graph that PeerTube makes of an upload, in the order of insertion. A progressive file comes first, whether
 * requested or not. The HLS rendition of its size and the split audio wait for it, and so do all lower renditions,
 * which are optional. Where progressive files are requested, an HLS rendition waits for the one of its size. Audio-only
 * sources that are not merged get audio renditions. PeerTube does not support those.
 */
export const peertubeGraph = (options: GraphOptions): ReadonlyArray<GraphNode> => {
  const root = rootOf(options)
  const children = [...sameSize(options, root), ...lower(options, root)]
  return [{ ...root, canPublish: children.length === 0 }, ...children]
}

const rootOf = (options: GraphOptions): GraphNode => {
  const rest = { priority: REQUIRED + options.userJobs, deletesInput: !options.keepSource }
  return isMerged(options)
    ? node("merge", { resolution: MERGED_RESOLUTION, fps: mergedFps(options.settings.fps) }, rest)
    : node("web", largest(options), rest)
}

const largest = ({ settings, source }: GraphOptions): Rung => {
  if (!source.hasVideo) return { resolution: 0, fps: 0 }
  const resolution = resolutionOfRoot({
    input: Math.min(source.width, source.height),
    enabled: settings.resolutions,
    alwaysTranscodeOriginal: settings.alwaysTranscodeOriginalResolution
  })
  return { resolution, fps: fpsFor({ inputFps: source.fps, resolution, isOriginResolution: true, settings }) }
}

const sameSize = (options: GraphOptions, root: GraphNode): ReadonlyArray<GraphNode> => {
  if (!options.hls) return []
  const rest = {
    dependsOn: Option.some(root.key),
    priority: root.priority,
    separatedAudio: isSplit(options),
    deletesWebVideos: !options.webVideos
  }
  const sound = isSplit(options) ? [node("hls", { resolution: 0, fps: 0 }, rest)] : []
  return [node("hls", root, rest), ...sound]
}

const lower = (options: GraphOptions, root: GraphNode): ReadonlyArray<GraphNode> => {
  const { hls, settings, source, userJobs, webVideos } = options
  const resolutions = enabledResolutions({
    input: root.resolution,
    enabled: settings.resolutions,
    hasAudio: source.hasAudio,
    strictlyLower: true
  })
  const inputFps = isMerged(options) ? root.fps : source.fps
  return resolutions.flatMap((resolution) => {
    const rung = { resolution, fps: fpsFor({ inputFps, resolution, isOriginResolution: false, settings }) }
    const rest = { required: false, priority: OPTIONAL + userJobs, dependsOn: Option.some(root.key) }
    const web = webVideos ? [node("web", rung, rest)] : []
    if (!hls || (resolution === 0 && isSplit(options))) return web
    const input = Arr.head(web).pipe(Option.match({ onNone: () => root.key, onSome: ({ key }) => key }))
    return [...web, node("hls", rung, { ...rest, dependsOn: Option.some(input), separatedAudio: isSplit(options) })]
  })
}

/**
 * The graph that PeerTube makes for selected renditions of an existing video. All are optional and independent, except
 * that split HLS begins with the audio, requested with the frame rate of the largest rendition.
 */
export const manualGraph = (options: {
  readonly kind: "hls" | "web"
  readonly resolutions: ReadonlyArray<number>
  readonly source: MediaSummary
  readonly settings: Pick<GraphSettings, "fps">
  readonly splitAudio: boolean
}): ReadonlyArray<GraphNode> => {
  const { kind, settings, source } = options
  const resolutions = Arr.dedupe(options.resolutions)
  const max = Math.max(...resolutions)
  const rest = { required: false, priority: OPTIONAL }
  const rung = (resolution: number): Rung => ({
    resolution,
    fps: fpsFor({ inputFps: source.fps, resolution, isOriginResolution: resolution === max, settings })
  })
  if (resolutions.length === 0) return []
  if (kind === "web" || !isSplit({ ...options, audioMerge: false })) {
    return resolutions.map((resolution) => node(kind, rung(resolution), rest))
  }
  const sound = node("hls", { resolution: 0, fps: rung(max).fps }, { ...rest, separatedAudio: true })
  const pictures = resolutions
    .filter((resolution) => resolution > 0)
    .map((resolution) =>
      node("hls", rung(resolution), { ...rest, separatedAudio: true, dependsOn: Option.some(sound.key) })
    )
  return [sound, ...pictures]
}
