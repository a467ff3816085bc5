import { DateTime, Effect, Option } from "effect"
import type { VideoId } from "../../domain/Ids.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import { missingRenditions } from "../../domain/video/MissingRenditions.ts"
import { reopened } from "../../domain/video/VideoMachine.ts"
import { graphOf, idsFor, jobsOf } from "../../jobs/jobGraph.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { transcodable } from "../engine/transcodable.ts"
import type { UnknownVideo, VideoNotTranscodable } from "../errors.ts"

const isOpenMerge = (job: RunnerJob): boolean => job.type === "vod-audio-merge-transcoding" && !isTerminal(job)

/**
 * Adds jobs for the renditions of the video's plan that neither exist nor are being made, from the best input that is
 * left. Reopens the video in the same write. Returns the new jobs: none when nothing is missing. Of several calls at once
 * one adds them.
 */
export type EnsureRenditions = (
  id: VideoId
) => Effect.Effect<ReadonlyArray<RunnerJob>, UnknownVideo | VideoNotTranscodable | PersistenceError>

/** `ensureRenditions` over the ports. */
export const makeEnsureRenditions: Effect.Effect<EnsureRenditions, never, VideoStore | JobStore | RunnerNotifier> =
  Effect.gen(function* () {
    const videos = yield* VideoStore
    const knownVideo = yield* makeKnownVideo
    const store = yield* JobStore
    const notifier = yield* RunnerNotifier

    const once = Effect.fnUntraced(function* (id: VideoId) {
      const video = yield* knownVideo(id)
      const { sound } = yield* transcodable(video)
      // After the video: what is published between the two reads makes the write below find another revision.
      const jobs = yield* store.ofVideo(id)
      const graph = graphOf(video)
      const nodes = missingRenditions({ nodes: graph, video, jobs })
      if (nodes.length === 0) return []

      const now = yield* DateTime.now
      const merges = jobs.filter(isOpenMerge)
      const place = { destination: video.destination, baseName: video.baseName }
      const request = { videoId: id, place, source: video.source, plan: video.plan, at: now }
      const ids = new Map(yield* idsFor(nodes))
      for (const { key, type } of graph) {
        if (type === "vod-audio-merge-transcoding" && merges[0] !== undefined) ids.set(key, merges[0].id)
      }
      const added = jobsOf({ ...request, separatedSound: Option.isSome(sound) }, nodes, ids)
      // An open merge is written along at its revision: should it end meanwhile, nobody would tell what waits for it.
      const write = videos.save(reopened(video, now), merges.slice(0, 1), added)
      yield* Effect.uninterruptible(Effect.zipRight(write, notifier.availableJobs(demandOf(added))))
      return added
    })

    return Effect.fn("Transcoding.ensureRenditions")(function* (id) {
      const added = yield* retryConflicts(once(id))
      if (added.length > 0) {
        yield* Effect.logInfo("What is missing of a video is made").pipe(
          Effect.annotateLogs({ video: id, renditions: added.length })
        )
      }
      return added
    })
  })
