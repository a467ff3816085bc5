import type { GraphKind } from "../video/TranscodingPlan.ts"
import { type GraphNode, type GraphOptions, isMerged } from "./GraphNode.ts"
import { parallelGraph } from "./ParallelGraph.ts"
import { manualGraph, peertubeGraph } from "./PeertubeGraph.ts"

export type { GraphKind } from "../video/TranscodingPlan.ts"
export type { GraphNode, GraphOptions } from "./GraphNode.ts"
export { isMerged, manualGraph }

/**
 * The jobs that a new video needs, in the order in which they are to be inserted; every node comes after the one it
 * depends on. The parallel graph is empty when neither HLS nor progressive files are wanted.
 */
export const buildGraph = ({
  graph,
  ...options
}: GraphOptions & { readonly graph: GraphKind }): ReadonlyArray<GraphNode> =>
  graph === "peertube" ? peertubeGraph(options) : parallelGraph(options)
