import { Array as Arr, Effect, Option, Stream } from "effect"
import { CannotCut } from "../../domain/chunk/CannotCut.ts"
import { type CutPoint, endOfFirst, firstChunk, leadOf, planChunks } from "../../domain/chunk/ChunkPlan.ts"
import { withChunk, withChunking } from "../../domain/chunk/Growth.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { sourceTracks } from "../../domain/media/SourceTracks.ts"
import { chunkKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import { chunkJobs } from "../../jobs/chunkJobs.ts"
import { type CutChunk, type CutInput, MediaCutter } from "../../ports/MediaCutter.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { makeLeased } from "./leased.ts"
import { makeStore } from "./storeCut.ts"

/** Stores a chunk of the picture with its jobs, whose film has so many seconds. */
const makeAdd = Effect.gen(function* () {
  const ids = yield* Identifiers
  const leased = yield* makeLeased
  const store = yield* makeStore

  return (video: Video, server: string, seconds: number) =>
    ({ duration, index, path, start }: CutChunk) =>
      Effect.gen(function* () {
        const inputId = yield* ids.uuid
        const key = chunkKey(video, inputId)
        yield* store(key, path)
        const count = Option.match(video.chunking, { onNone: () => 0, onSome: ({ renditions }) => renditions.length })
        const jobIds = yield* Effect.replicateEffect(ids.uuid, count)
        const share = duration / seconds
        yield* leased.change(video.id, server, (current, now) => ({
          video: withChunk(current, { id: inputId, key, start, duration }, { server, at: now }, now),
          jobs: chunkJobs(current, { inputId, index, share }, jobIds, now),
          keys: [key]
        }))
      }).pipe(Effect.scoped)
})

/**
 * Cuts the first chunk before the rest of the film is read, so that it is made meanwhile. Returns where it ends. None where
 * the whole film must be read to know that.
 */
const makeCutFirst = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const add = yield* makeAdd

  return (video: Video, server: string, input: CutInput) =>
    Effect.gen(function* () {
      const { chunkDuration: duration, chunkMinDuration } = video.plan.settings
      const first = firstChunk(yield* cutter.examine(input, leadOf({ duration })), { duration })
      if (Option.isNone(first)) return Option.none<CutPoint>()
      const seconds = Option.getOrElse(video.source.duration, () => chunkMinDuration)
      const order = { plan: [first.value], from: 0, isBeginning: true } as const
      yield* Stream.runForEach(cutter.cut(input, order), add(video, server, seconds))
      return Option.some<CutPoint>({ picture: first.value.pictures, start: first.value.duration })
    }).pipe(Effect.catchTag("CannotCut", () => Effect.succeedNone))
})

/** Stores the chunks of the picture, each with its jobs. Begins with the first one that is not stored yet. */
export const makeCutPicture = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const leased = yield* makeLeased
  const finalizer = yield* VideoFinalizer
  const cutFirst = yield* makeCutFirst
  const add = yield* makeAdd

  return Effect.fnUntraced(function* (video: Video, server: string, path: string, report: ProbeReport) {
    const track = Option.getOrUndefined(sourceTracks(report).video)
    if (track === undefined) return yield* new CannotCut({ reason: "codec" })
    const input = { path, track: track.index, codec: Option.getOrElse(track.codec, () => "") }
    const { chunkDuration: duration, chunkMinDuration: minDuration } = video.plan.settings
    const stored = Option.match(video.chunking, { onNone: () => [], onSome: ({ chunks }) => chunks })
    const begun = stored.length === 0 ? yield* cutFirst(video, server, input) : Option.none<CutPoint>()
    const source = yield* cutter.examine(input)
    const end = Option.orElse(begun, () => Option.flatMap(Arr.head(stored), (one) => endOfFirst(source, one.duration)))
    const plan = yield* planChunks(source, { duration, minDuration }, end)
    yield* leased.change(video.id, server, (current, now) => ({
      video: withChunking(current, (chunking) => ({ ...chunking, total: plan.length }), now),
      jobs: []
    }))
    // What was made of the first chunk meanwhile can be played now.
    yield* finalizer.finalize(video.id)
    const from = Math.max(stored.length, Option.isSome(begun) ? 1 : 0)
    const seconds = plan.reduce((sum, one) => sum + one.duration, 0)
    yield* Stream.runForEach(cutter.cut(input, { plan, from }), add(video, server, seconds))
  })
})
