import { type DateTime, Effect, Option } from "effect"
import { JobId, type VideoId } from "../domain/Ids.ts"
import { buildGraph, type GraphNode } from "../domain/job/JobGraph.ts"
import { pending, type RunnerJob } from "../domain/job/RunnerJob.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import type { Place } from "../domain/video/FileNames.ts"
import type { TranscodingPlan } from "../domain/video/TranscodingPlan.ts"
import { spanned } from "../ports/Spans.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { prepareStoryboard } from "./storyboardJob.ts"
import { copyFields, placeFields, type RenditionJob } from "./videoJob.ts"

/** The input for the jobs of a video. */
export interface JobsRequest {
  readonly videoId: VideoId
  readonly place: Place
  readonly source: MediaSummary
  readonly plan: TranscodingPlan
  /** The source has its audio in a separate file. */
  readonly separatedSound: boolean
  /** The number of videos that the same user submitted recently. */
  readonly userJobs?: number
  readonly at: DateTime.Utc
}

const payloadOf = ({ fps, resolution, separatedAudio, type }: GraphNode) => ({
  output: { resolution, fps, ...(type === "vod-hls-transcoding" ? { separatedAudio } : {}) }
})

const privatePayloadOf = (request: JobsRequest, node: GraphNode): RenditionJob => ({
  videoId: request.videoId,
  place: placeFields(request.place),
  maxFailures: request.plan.settings.maxFailures,
  canPublish: node.canPublish,
  deletesInput: node.deletesInput,
  deletesWebVideos: node.deletesWebVideos,
  separatedSound: request.separatedSound,
  ...copyFields(request.source, node)
})

/** The jobs of the nodes in their order. */
export const jobsOf = (
  request: JobsRequest,
  nodes: ReadonlyArray<GraphNode>,
  ids: ReadonlyMap<string, JobId>
): ReadonlyArray<RunnerJob> =>
  nodes.flatMap((node) => {
    const id = ids.get(node.key)
    if (id === undefined) return []
    return pending({
      id,
      type: node.type,
      payload: payloadOf(node),
      privatePayload: privatePayloadOf(request, node),
      priority: node.priority,
      parentId: Option.flatMapNullable(node.dependsOn, (key) => ids.get(key)),
      videoId: Option.some(request.videoId),
      createdAt: request.at
    })
  })

/** A new id for each node. */
export const idsFor = (nodes: ReadonlyArray<GraphNode>): Effect.Effect<ReadonlyMap<string, JobId>> =>
  Effect.flatMap(Identifiers, (identifiers) =>
    Effect.map(
      Effect.forEach(nodes, (node) => Effect.map(identifiers.uuid, (uuid) => [node.key, JobId.make(uuid)] as const)),
      (entries) => new Map(entries)
    )
  )

/** The graph for the plan of a video. */
export const graphOf = ({
  plan,
  source,
  userJobs = 0
}: Pick<JobsRequest, "plan" | "source" | "userJobs">): ReadonlyArray<GraphNode> =>
  buildGraph({ ...plan, source, userJobs })

/**
 * All jobs of a video with a new source, including the storyboard of its plan. The ids are fixed now. The jobs can be
 * made later, and repeatedly, for the video as it is then. Nodes that are not wanted are left out.
 */
export const prepareJobs = spanned("jobGraph.prepareJobs")(function* (
  known: Pick<JobsRequest, "plan" | "source" | "userJobs">,
  isWanted: (node: GraphNode) => boolean = () => true
) {
  const nodes = graphOf(known).filter(isWanted)
  const ids = yield* idsFor(nodes)
  const storyboard = yield* prepareStoryboard
  return (request: JobsRequest): ReadonlyArray<RunnerJob> => [
    ...jobsOf(request, nodes, ids),
    ...(request.plan.storyboard ? Option.toArray(storyboard(request)) : [])
  ]
})
