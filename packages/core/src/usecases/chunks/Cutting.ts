import { Context, DateTime, Effect, FiberMap, Layer, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { CannotCut } from "../../domain/chunk/CannotCut.ts"
import { isCutting, withAllChunks, withChunking } from "../../domain/chunk/Growth.ts"
import { isHeld } from "../../domain/chunk/isHeld.ts"
import type { VideoId } from "../../domain/Ids.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import type { WorkLease } from "../../domain/video/Chunking.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { MediaCutter } from "../../ports/MediaCutter.ts"
import type { MediaProbe } from "../../ports/MediaProbe.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import type { MovingJobs } from "../engine/advance.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import type { Uploads } from "../video/Uploads.ts"
import { makeCutSource } from "./cutSource.ts"
import { makeGiveBack, makeLeased } from "./leased.ts"
import { makeTranscodeWhole } from "./transcodeWhole.ts"

/** Cuts the sources of videos in the background. */
export class Cutting extends Context.Tag("@runner-connector/core/Cutting")<
  Cutting,
  {
    /** A lease of this process on a video that it is about to add. */
    readonly lease: Effect.Effect<WorkLease>
    /**
     * Starts to cut the source of the video, or continues after another server. Returns at once. Of several servers one
     * cuts. A source that cannot be cut is transcoded whole, and the video says why. Probes the source without a `report`.
     */
    readonly start: (id: VideoId, report?: ProbeReport) => Effect.Effect<void>
  }
>() {}

/** The number of failures of the server after which the video is transcoded whole. */
const MAX_FAILURES = 3

/** Takes over the cutting of a video from a server that is silent. */
const makeTake = Effect.gen(function* () {
  const { completionSilence } = yield* ConnectorConfig
  const videos = yield* VideoStore
  return (id: VideoId, lease: WorkLease) =>
    Effect.gen(function* () {
      const video = yield* videos.find(id)
      if (Option.isNone(video) || !isCutting(video.value)) return false
      const options = { now: lease.at, patience: completionSilence, server: lease.server }
      if (Option.exists(video.value.chunking, ({ cutter }) => isHeld(cutter, options))) return false
      yield* videos.save(
        withChunking(video.value, (chunking) => ({ ...chunking, cutter: Option.some(lease) }), lease.at),
        []
      )
      return true
    }).pipe(retryConflicts)
})

/** A server with a full disk, or one on which FFmpeg crashes, must not keep a film forever. */
const makeFailed = Effect.gen(function* () {
  const videos = yield* VideoStore
  const transcodeWhole = yield* makeTranscodeWhole
  const failures = new Map<VideoId, number>()
  return (id: VideoId, server: string, error: { readonly message: string }) =>
    Effect.gen(function* () {
      const count = (failures.get(id) ?? 0) + 1
      failures.delete(id)
      // The source of a removed video is gone, which says nothing about the server.
      if (Option.isNone(yield* videos.find(id))) return
      yield* Effect.annotateLogs(Effect.logWarning("A source could not be cut now", error), { video: id, count })
      if (count >= MAX_FAILURES) yield* transcodeWhole(id, server, new CannotCut({ reason: "failed" }).message)
      else failures.set(id, count)
    })
})

/** Cuts a source to its end, unless another server does. Never fails: upkeep continues. */
const makeCut = Effect.gen(function* () {
  const finalizer = yield* VideoFinalizer
  const leased = yield* makeLeased
  const take = yield* makeTake
  const cutSource = yield* makeCutSource
  const transcodeWhole = yield* makeTranscodeWhole
  const failed = yield* makeFailed

  return (id: VideoId, lease: WorkLease, known: Option.Option<ProbeReport>) =>
    Effect.gen(function* () {
      const { server } = lease
      if (!(yield* take(id, lease))) return
      yield* Effect.raceFirst(cutSource(id, server, known), leased.renew(id, server)).pipe(
        Effect.zipRight(leased.change(id, server, (video, now) => ({ video: withAllChunks(video, now), jobs: [] }))),
        Effect.catchTags({
          CannotCut: ({ message }) => transcodeWhole(id, server, message),
          ProbeError: (error) => failed(id, server, error),
          FileStorageError: (error) => failed(id, server, error)
        })
      )
      yield* finalizer.finalize(id)
    }).pipe(
      Effect.catchTag("CuttingLost", () => Effect.void),
      Effect.catchAllCause((cause) => Effect.logWarning("Cutting was interrupted and is left to upkeep", cause)),
      Effect.annotateLogs({ video: id })
    )
})

const make = Effect.gen(function* () {
  const server = yield* (yield* Identifiers).uuid
  const giveBack = yield* makeGiveBack
  const cut = yield* makeCut
  const running = yield* FiberMap.make<VideoId>()
  const lease = Effect.map(DateTime.now, (at): WorkLease => ({ server, at }))
  const run = (id: VideoId, report: ProbeReport | undefined) =>
    Effect.flatMap(lease, (now) => cut(id, now, Option.fromNullable(report))).pipe(
      Effect.interruptible,
      Effect.onInterrupt(() => giveBack(id, server))
    )
  return Cutting.of({
    lease,
    // The fiber inherits that it is uninterruptible, and gives the lease back even if it ends before it starts.
    start: (id, report) =>
      Effect.asVoid(Effect.uninterruptible(FiberMap.run(running, id, run(id, report), { onlyIfMissing: true })))
  })
})

/** Cutting over the ports, until the layer ends. */
export const layer: Layer.Layer<
  Cutting,
  never,
  MovingJobs | MediaCutter | MediaProbe | FileStorage | RunnerNotifier | Uploads | AfterCommit | VideoFinalizer
> = Layer.scoped(Cutting, make)
