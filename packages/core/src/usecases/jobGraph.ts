import { Array as Arr, type DateTime, Effect, Option } from "effect"
import type { Place } from "../domain/FileNames.ts"
import { JobId, type VideoId } from "../domain/Ids.ts"
import { buildGraph, type GraphNode } from "../domain/JobGraph.ts"
import { pending, type RunnerJob } from "../domain/RunnerJob.ts"
import type { TranscodingPlan } from "../domain/TranscodingPlan.ts"
import type { MediaSummary } from "../domain/Video.ts"
import type { RenditionJob } from "../jobs/videoJob.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { InvalidRequest } from "./errors.ts"

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
  place: { destination: place.destination, baseName: Option.getOrNull(place.baseName) },
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

/** The jobs of a new video. */
export const jobsFor = Effect.fn("jobGraph.jobsFor")(function* (request: JobsRequest) {
  const nodes = graphOf(request)
  const jobs = jobsOf(request, nodes, yield* idsFor(nodes))
  return yield* Arr.isNonEmptyReadonlyArray(jobs)
    ? Effect.succeed(jobs)
    : new InvalidRequest({ detail: "There is no rendition to make of this file with these settings" })
})
