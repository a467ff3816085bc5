import { Array as Arr, Effect, Option, Stream } from "effect"
import { CannotCut } from "../../domain/chunk/CannotCut.ts"
import { type CutPoint, endOfFirst, firstChunk, leadOf, planChunks } from "../../domain/chunk/ChunkPlan.ts"
import { withChunk, withChunking } from "../../domain/chunk/Growth.ts"
import { extensionOf, FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { isSplit } from "../../domain/job/GraphNode.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { toRepack } from "../../domain/media/Repacking.ts"
import { sourceTracks } from "../../domain/media/SourceTracks.ts"
import type { SourceChunk } from "../../domain/video/Chunking.ts"
import { chunkKey, chunkSoundKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import { inputsOf } from "../../domain/video/VideoInputs.ts"
import { chunkJobs, soundJob } from "../../jobs/chunkJobs.ts"
import { FileStorage, MediaSource } from "../../ports/FileStorage.ts"
import { type CutChunk, type CutInput, MediaCutter } from "../../ports/MediaCutter.ts"
import { MediaProbe } from "../../ports/MediaProbe.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { Uploads } from "../video/Uploads.ts"
import { CuttingLost, makeLeased } from "./leased.ts"

const MP4 = "video/mp4"

/** The source on the disk of this machine, with what is known of it. */
const makeOpen = Effect.gen(function* () {
  const storage = yield* FileStorage
  const cutter = yield* MediaCutter
  const probe = yield* MediaProbe
  return Effect.fnUntraced(function* (video: Video) {
    const inputs = Option.getOrUndefined(inputsOf(video))
    if (inputs === undefined) return yield* new CuttingLost()
    const stored = yield* Effect.catchTag(storage.source(inputs.media), "FileNotFound", () => new CuttingLost())
    const path = yield* cutter.local(stored)
    const report = yield* Effect.catchTag(
      probe.probe(MediaSource.Path({ path })),
      "UnreadableMedia",
      () => new CannotCut({ reason: "container" })
    )
    return { path, report }
  })
})

/** Stores what was cut under names that no other file has. The uploads hold them until a video refers to them. */
const makeStore = Effect.map(
  Uploads,
  (uploads) => (key: FileKey, path: string) =>
    Effect.catchTag(uploads.adopt(key, { path, contentType: MP4 }), "UploadExists", Effect.die)
)

/** Stores the chunks of the picture, each with its jobs. Begins with the first one that is not stored yet. */
const makeCutPicture = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const ids = yield* Identifiers
  const leased = yield* makeLeased
  const store = yield* makeStore
  const finalizer = yield* VideoFinalizer

  const add = (video: Video, server: string, seconds: number, chunk: CutChunk) =>
    Effect.gen(function* () {
      const { duration, index, path, start } = chunk
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

  /** Cuts the first chunk before the rest of the film is read, so that it is made meanwhile. Returns where it ends. */
  const addFirst = (video: Video, server: string, input: CutInput) =>
    Effect.gen(function* () {
      const { settings } = video.plan
      const lead = yield* cutter.examine(input, leadOf({ duration: settings.chunkDuration }))
      const first = firstChunk(lead, { duration: settings.chunkDuration })
      if (Option.isNone(first)) return Option.none<CutPoint>()
      const seconds = Option.getOrElse(video.source.duration, () => settings.chunkMinDuration)
      const order = { plan: [first.value], from: 0, isBeginning: true } as const
      yield* Stream.runForEach(cutter.cut(input, order), (chunk) => add(video, server, seconds, chunk))
      return Option.some<CutPoint>({ picture: first.value.pictures, start: first.value.duration })
    })

  /** Where the first chunk ends, unless the whole film must be read to know that. */
  const first = (video: Video, server: string, input: CutInput, stored: ReadonlyArray<SourceChunk>) =>
    stored.length === 0
      ? Effect.catchTag(addFirst(video, server, input), "CannotCut", () => Effect.succeedNone)
      : Effect.succeedNone

  return Effect.fnUntraced(function* (video: Video, server: string, path: string, report: ProbeReport) {
    const track = Option.getOrUndefined(sourceTracks(report).video)
    if (track === undefined) return yield* new CannotCut({ reason: "codec" })
    const input = { path, track: track.index, codec: Option.getOrElse(track.codec, () => "") }
    const { chunkDuration: duration, chunkMinDuration: minDuration } = video.plan.settings
    const stored = Option.match(video.chunking, { onNone: () => [], onSome: ({ chunks }) => chunks })
    const begun = yield* first(video, server, input, stored)
    const source = yield* cutter.examine(input)
    const known = Option.orElse(begun, () =>
      Option.flatMap(Arr.head(stored), (one) => endOfFirst(source, one.duration))
    )
    const plan = yield* planChunks(source, { duration, minDuration }, known)
    yield* leased.change(video.id, server, (current, now) => ({
      video: withChunking(current, (chunking) => ({ ...chunking, total: plan.length }), now),
      jobs: []
    }))
    // What was made of the first chunk meanwhile can be played now.
    yield* finalizer.finalize(video.id)
    const from = Math.max(stored.length, Option.isSome(begun) ? 1 : 0)
    const seconds = plan.reduce((sum, one) => sum + one.duration, 0)
    yield* Stream.runForEach(cutter.cut(input, { plan, from }), (chunk) => add(video, server, seconds, chunk))
  })
})

/** Stores the audio with the job of its rendition, unless that is there already. */
const makeCutSound = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const ids = yield* Identifiers
  const leased = yield* makeLeased
  const store = yield* makeStore

  return Effect.fnUntraced(function* (video: Video, server: string, path: string, report: ProbeReport) {
    const isThere = Option.exists(video.chunking, ({ sound }) => Option.isSome(sound))
    if (isThere || !isSplit({ ...video.plan, source: video.source })) return
    const found = toRepack(report, { audio: sourceTracks(report).audio })
    if (Option.isNone(found)) return
    const file = yield* cutter.audio({ source: MediaSource.Path({ path }), ...found.value })
    const [inputId, jobId] = [yield* ids.uuid, yield* ids.uuid]
    const key = chunkSoundKey(video, inputId, extensionOf(FileKey.make(`audio/${file.path.split("/").at(-1)}`)))
    yield* store(key, file.path)
    yield* leased.change(video.id, server, (current, now) => ({
      video: withChunking(current, (one) => ({ ...one, sound: Option.some({ id: inputId, key }) }), now),
      jobs: [soundJob(current, inputId, jobId, now)],
      keys: [key]
    }))
  }, Effect.scoped)
})

/** Cuts the source of a video into stored chunks and extracts its audio, both at once. Skips what is stored already. */
export const makeCutSource = Effect.gen(function* () {
  const videos = yield* VideoStore
  const open = yield* makeOpen
  const cutPicture = yield* makeCutPicture
  const cutSound = yield* makeCutSound

  return spanned("Cutting.cutSource")(function* (id: VideoId, server: string) {
    const found = yield* videos.find(id)
    if (Option.isNone(found)) return yield* new CuttingLost()
    const video = found.value
    const { path, report } = yield* open(video)
    yield* Effect.all([cutSound(video, server, path, report), cutPicture(video, server, path, report)], {
      concurrency: 2,
      discard: true
    })
  }, Effect.scoped)
})
