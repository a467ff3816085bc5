import { Effect, Option } from "effect"
import { intakePlan } from "../../domain/chunk/intakePlan.ts"
import { isMerged } from "../../domain/job/JobGraph.ts"
import type { MediaSummary } from "../../domain/media/MediaSummary.ts"
import type { Place } from "../../domain/video/FileNames.ts"
import type { TranscodingPlan } from "../../domain/video/TranscodingPlan.ts"
import { beginChunking, isFromChunks, notChunked } from "../../jobs/chunkJobs.ts"
import { graphOf, prepareJobs } from "../../jobs/jobGraph.ts"
import { Cutting } from "../chunks/Cutting.ts"

/**
 * FFmpeg's `-shortest` lets the picture of a merge run some seconds longer than its audio. Players stop forever before a
 * segment without audio, but play on after an audio rendition has ended.
 */
const planFor = (plan: TranscodingPlan, source: MediaSummary): TranscodingPlan =>
  isMerged({ audioMerge: plan.audioMerge, source }) ? { ...plan, splitAudio: true } : plan

/** The graph of a new video: its jobs, and its renditions in chunks or why there are none. */
export const makePlanWork = Effect.map(
  Cutting,
  (cutting) => (requested: TranscodingPlan, source: MediaSummary, place: Place, userJobs: number) =>
    Effect.gen(function* () {
      const { plan, reason } = intakePlan(planFor(requested, source), source)
      const known = { plan, source, userJobs }
      if (plan.graph !== "chunked") {
        const jobsOf = yield* prepareJobs(known)
        return { plan, jobsOf, chunking: Option.map(reason, notChunked), start: (): Effect.Effect<void> => Effect.void }
      }
      const jobsOf = yield* prepareJobs(known, (node) => !isFromChunks(node))
      const chunking = Option.some(yield* beginChunking(place, graphOf(known), yield* cutting.lease))
      return { plan, jobsOf, chunking, start: cutting.start }
    })
)
