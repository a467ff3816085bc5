import { type DateTime, Effect, Option } from "effect"
import { renditionOf, unlessUnplayable } from "../../domain/chunk/Growth.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { keysOfInputs, keysOfUnfinished } from "../../domain/video/fileKeys.ts"
import { missingRenditions } from "../../domain/video/MissingRenditions.ts"
import { scheduleDeletion } from "../../domain/video/PendingDeletion.ts"
import type { Video } from "../../domain/video/Video.ts"
import { notChunked } from "../../jobs/chunkJobs.ts"
import { graphOf, idsFor, jobsOf } from "../../jobs/jobGraph.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { anybody, makeAdvance } from "../engine/advance.ts"
import { type CutChange, makeLeased } from "./leased.ts"

/** Everything that was made in chunks, or for them. */
const keysOfChunks = ({ chunking }: Video): ReadonlyArray<FileKey> =>
  Option.match(chunking, {
    onNone: () => [],
    onSome: (known) => [...keysOfInputs(known), ...keysOfUnfinished(known)]
  })

/**
 * The video without anything that was made in chunks, and without the master playlist that lists it. The next rendition
 * that is completed gets a new one.
 */
const unchunked = (video: Video, abandoned: ReadonlyArray<FileKey>, reason: string, now: DateTime.Utc): Video => {
  const files = video.files.filter(({ attemptId }) => Option.isNone(renditionOf(video, attemptId)))
  const playlistKey = files.length < video.files.length ? Option.none() : video.playlistKey
  const unlisted = Option.isNone(playlistKey) ? Option.toArray(video.playlistKey) : []
  return unlessUnplayable({
    ...video,
    files,
    playlistKey,
    chunking: Option.some(notChunked(reason)),
    pendingDeletion: scheduleDeletion(video, [...keysOfChunks(video), ...unlisted, ...abandoned], now),
    updatedAt: now
  })
}

/** Whether the job works on what was cut out of the source. Audio that is being stored counts for the whole, too. */
const isOfChunks = (job: RunnerJob): boolean =>
  (Option.isSome(job.renditionId) || hasInputId(job)) && !isTerminal(job) && job.state !== "Completing"

const hasInputId = ({ privatePayload }: RunnerJob): boolean =>
  typeof privatePayload === "object" && privatePayload !== null && "inputId" in privatePayload

/**
 * Gives up cutting in one write: what was made in chunks is dropped, its open jobs are cancelled, and the renditions are
 * made of the whole source. The video keeps the reason.
 */
export const makeTranscodeWhole = Effect.gen(function* () {
  const store = yield* JobStore
  const { decide } = yield* makeAdvance
  const leased = yield* makeLeased

  const change = (video: Video, reason: string, now: DateTime.Utc) =>
    Effect.gen(function* () {
      const all = yield* store.ofVideo(video.id)
      const cancelled = yield* Effect.forEach(all.filter(isOfChunks), ({ id }) =>
        Effect.option(decide(id, anybody, JobEvent.Cancelled()))
      )
      const decisions = cancelled.flatMap(Option.toArray)
      const changed = new Map(decisions.flatMap((one) => one.changed.map((job) => [job.id, job] as const)))
      const abandoned = new Set(decisions.flatMap((one) => one.abandoned))
      const next = unchunked(video, Array.from(abandoned), reason, now)
      const jobs = all.map((job) => changed.get(job.id) ?? job)
      const nodes = missingRenditions({ nodes: graphOf(next), video: next, jobs })
      const { baseName, destination, id, plan, source } = next
      const request = { videoId: id, place: { baseName, destination }, source, plan, separatedSound: false, at: now }
      const added = jobsOf(request, nodes, yield* idsFor(nodes))
      const decided: CutChange = { video: next, jobs: added, changed: Array.from(changed.values()) }
      return decided
    })

  return spanned("Cutting.transcodeWhole")(function* (id: VideoId, server: string, reason: string) {
    yield* leased.change(id, server, (video, now) => change(video, reason, now))
    yield* Effect.annotateLogs(Effect.logInfo("A video is transcoded whole"), { video: id, reason })
  })
})
