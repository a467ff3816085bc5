import { type DateTime, Effect, Option } from "effect"
import { JobId, type VideoId } from "../domain/Ids.ts"
import { buildGraph, type GraphNode } from "../domain/job/JobGraph.ts"
import { pending, type RunnerJob } from "../domain/job/RunnerJob.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import type { Place } from "../domain/video/FileNames.ts"
import type { TranscodingPlan } from "../domain/video/TranscodingPlan.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { prepareStoryboard } from "./storyboardJob.ts"
import { placeFields, type RenditionJob } from "./videoJob.ts"

/** What jobs are made for. */
export interface JobsRequest {
  readonly videoId: VideoId
  readonly place: Place
  readonly source: MediaSummary
  readonly plan: TranscodingPlan
  /** The source has its sound in a file of its own. */
  readonly separatedSound: boolean
  /** How many videos the same user has handed in lately. */
  readonly userJobs?: number
  readonly at: DateTime.Utc
}

const payloadOf = ({ fps, resolution, separatedAudio, type }: GraphNode) => ({
  output: { resolution, fps, ...(type === "vod-hls-transcoding" ? { separatedAudio } : {}) }
})

const privatePayloadOf = ({ place, plan, separatedSound, videoId }: JobsRequest, node: GraphNode): RenditionJob => ({
  videoId,
  place: placeFields(place),
  maxFailures: plan.settings.maxFailures,
  canPublish: node.canPublish,
  deletesInput: node.deletesInput,
  deletesWebVideos: node.deletesWebVideos,
  separatedSound
})

/** The jobs of the nodes, in their order; ids are given in the order of the nodes. */
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

/** What is to be made of a video, as its plan says. */
export const graphOf = ({
  plan,
  source,
  userJobs = 0
}: Pick<JobsRequest, "plan" | "source" | "userJobs">): ReadonlyArray<GraphNode> =>
  buildGraph({ ...plan, source, userJobs })

/**
 * All jobs of a video whose source is new, the storyboard that its plan asks for among them. Their ids are given now; the
 * jobs can be made later, as often as need be, of the video as it is then.
 */
export const prepareJobs = Effect.fn("jobGraph.prepareJobs")(function* (
  known: Pick<JobsRequest, "plan" | "source" | "userJobs">
) {
  const nodes = graphOf(known)
  const ids = yield* idsFor(nodes)
  const storyboard = yield* prepareStoryboard
  return (request: JobsRequest): ReadonlyArray<RunnerJob> => [
    ...jobsOf(request, nodes, ids),
    ...(request.plan.storyboard ? Option.toArray(storyboard(request)) : [])
  ]
})
