import type { GraphKind } from "../video/TranscodingPlan.ts"
import { type GraphNode, type GraphOptions, isMerged } from "./GraphNode.ts"
import { parallelGraph } from "./ParallelGraph.ts"
import { manualGraph, peertubeGraph } from "./PeertubeGraph.ts"

export type { GraphKind } from "../video/TranscodingPlan.ts"
export type { GraphNode, GraphOptions } from "./GraphNode.ts"
export { isMerged, manualGraph }

/**
 * The jobs of a new video in the order of insertion. Every node comes after its dependency. The parallel graph is empty
 * when neither HLS nor progressive files are requested.
 */
export const buildGraph = ({
  graph,
  ...options
}: GraphOptions & { readonly graph: GraphKind }): ReadonlyArray<GraphNode> =>
  graph === "peertube" ? peertubeGraph(options) : parallelGraph(options)
