import { Option } from "effect"
import { buildGraph, type GraphKind, type GraphNode, type GraphOptions } from "../../../src/domain/job/JobGraph.ts"
import { defaults, type Resolution } from "../../../src/domain/video/TranscodingSettings.ts"
import { aSummary } from "../fixtures.ts"

export const sound = aSummary({ hasVideo: false, width: 0, height: 0, fps: 0 })

/** A graph of HLS renditions of the default source, unless other options are given. */
export const graph = (
  kind: GraphKind,
  resolutions: ReadonlyArray<Resolution | 0>,
  over: Partial<GraphOptions> = {}
): ReadonlyArray<GraphNode> =>
  buildGraph({
    graph: kind,
    source: aSummary(),
    settings: { ...defaults, resolutions },
    hls: true,
    webVideos: false,
    splitAudio: false,
    audioMerge: false,
    keepSource: false,
    userJobs: 0,
    ...over
  })

const shortNames = {
  "vod-web-video-transcoding": "web",
  "vod-hls-transcoding": "hls",
  "vod-audio-merge-transcoding": "merge"
}

/** `<number> <type> <resolution>@<fps> [<] <number it depends on> <priority>`; numbers begin at 1. */
export const rows = (nodes: ReadonlyArray<GraphNode>): ReadonlyArray<string> =>
  nodes.map((node, index) => {
    const parent = Option.match(node.dependsOn, {
      onNone: () => "-",
      onSome: (key) => String(nodes.findIndex((other) => other.key === key) + 1)
    })
    return `${index + 1} ${shortNames[node.type]} ${node.resolution}@${node.fps} ${parent} ${node.priority}`
  })

/** The keys of the matching nodes. */
export const keysWhere = (nodes: ReadonlyArray<GraphNode>, is: (node: GraphNode) => boolean): ReadonlyArray<string> =>
  nodes.filter(is).map(({ key }) => key)
