import { Array as Arr, Effect, Option, Stream } from "effect"
import { CannotCut } from "../../domain/chunk/CannotCut.ts"
import {
  type ChunkLengths,
  type ChunkPlan,
  type CutPoint,
  endOfFirst,
  firstChunk,
  leadOf,
  type PlannedChunk,
  planChunks
} from "../../domain/chunk/ChunkPlan.ts"
import { withChunk, withChunking } from "../../domain/chunk/Growth.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { sourceTracks } from "../../domain/media/SourceTracks.ts"
import type { SourceChunk } from "../../domain/video/Chunking.ts"
import { chunkKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import { chunkJobs } from "../../jobs/chunkJobs.ts"
import { type CutChunk, type CutInput, type Examined, MediaCutter } from "../../ports/MediaCutter.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { makeLeased } from "./leased.ts"
import { makeStore } from "./storeCut.ts"

/** Stores a chunk of the video track with its jobs. `seconds` is the length of the film. */
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

/** How the picture of a film is cut. */
export interface PictureCut {
  readonly input: CutInput
  readonly plan: ChunkPlan
  /** Index of the first chunk that is not stored yet. */
  readonly from: number
}

const storedIn = ({ chunking }: Video): ReadonlyArray<SourceChunk> =>
  Option.match(chunking, { onNone: () => [], onSome: ({ chunks }) => chunks })

const lengthsOf = ({ plan: { settings } }: Video): ChunkLengths => ({
  duration: settings.chunkDuration,
  minDuration: settings.chunkMinDuration
})

/** The first chunk of a film. It is stored after `audio` has ended. */
interface Beginning<E> {
  readonly input: CutInput
  readonly first: Option.Option<PlannedChunk>
  readonly audio: Effect.Effect<void, E>
}

/** Cuts the first chunk and stores it. Returns its end. None if it cannot be cut alone. */
const makeCutFirst = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const add = yield* makeAdd

  return <E>(video: Video, server: string, { audio, first, input }: Beginning<E>) =>
    Effect.gen(function* () {
      if (Option.isNone(first)) return Option.none<CutPoint>()
      const seconds = Option.getOrElse(video.source.duration, () => lengthsOf(video).minDuration)
      const order = { plan: [first.value], from: 0, isBeginning: true } as const
      const store = add(video, server, seconds)
      yield* Stream.runForEach(cutter.cut(input, order), (chunk) => Effect.zipRight(audio, store(chunk)))
      return Option.some<CutPoint>({ picture: first.value.pictures, start: first.value.duration })
    }).pipe(Effect.catchTag("CannotCut", () => Effect.succeedNone))
})

/** Examines the beginning of the film. None where that already shows that it cannot be cut. */
const makeLead = Effect.map(
  MediaCutter,
  (cutter) => (input: CutInput, lengths: ChunkLengths) =>
    cutter.examine(input, leadOf(lengths)).pipe(
      Effect.asSome,
      Effect.catchTag("CannotCut", () => Effect.succeedNone)
    )
)

/** Plans the whole film. The end of a first chunk that is stored stays. */
const makePlanWhole = Effect.map(
  MediaCutter,
  (cutter) => (video: Video, input: CutInput, begun: Option.Option<CutPoint>) =>
    Effect.flatMap(cutter.examine(input), (source) => {
      const before = Option.flatMap(Arr.head(storedIn(video)), ({ duration }) => endOfFirst(source, duration))
      return planChunks(
        source,
        lengthsOf(video),
        Option.orElse(begun, () => before)
      )
    })
)

/** The source of a film. Its first chunk is stored when `audio` has ended. */
interface Source<E> extends Pick<Beginning<E>, "audio"> {
  readonly path: string
  readonly report: ProbeReport
}

/**
 * Decides where the picture is cut. Stores the first chunk before the rest of the film is read, if that must be read, so that
 * it is made meanwhile.
 */
export const makePlanPicture = Effect.gen(function* () {
  const leased = yield* makeLeased
  const finalizer = yield* VideoFinalizer
  const lookAtLead = yield* makeLead
  const planWhole = yield* makePlanWhole
  const cutFirst = yield* makeCutFirst

  return Effect.fnUntraced(function* <E>(video: Video, server: string, { audio, path, report }: Source<E>) {
    const track = Option.getOrUndefined(sourceTracks(report).video)
    if (track === undefined) return yield* new CannotCut({ reason: "codec" })
    const input = { path, track: track.index, codec: Option.getOrElse(track.codec, () => "") }
    const lengths = lengthsOf(video)
    const stored = storedIn(video).length
    const lead = stored === 0 ? yield* lookAtLead(input, lengths) : Option.none<Examined>()
    const listed = Option.filter(lead, ({ isWhole }) => isWhole)
    const known = yield* Effect.transposeMapOption(listed, (source) => planChunks(source, lengths))
    const first = Option.orElse(Option.map(known, Arr.headNonEmpty), () =>
      Option.flatMap(lead, (source) => firstChunk(source, lengths))
    )
    const begun = yield* cutFirst(video, server, { input, first, audio })
    const plan = Option.isSome(known) ? known.value : yield* planWhole(video, input, begun)
    yield* leased.change(video.id, server, (current, now) => ({
      video: withChunking(current, (chunking) => ({ ...chunking, total: plan.length }), now),
      jobs: []
    }))
    // What was made of the first chunk meanwhile can be played now.
    yield* finalizer.finalize(video.id)
    const cut: PictureCut = { input, plan, from: Math.max(stored, Option.isSome(begun) ? 1 : 0) }
    return cut
  })
})

/** Stores the other chunks of the picture, each with its jobs. */
export const makeCutPicture = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const add = yield* makeAdd
  return (video: Video, server: string, { from, input, plan }: PictureCut) => {
    const seconds = plan.reduce((sum, one) => sum + one.duration, 0)
    return Stream.runForEach(cutter.cut(input, { plan, from }), add(video, server, seconds))
  }
})
