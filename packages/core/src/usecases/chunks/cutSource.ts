import { Effect, Fiber, Option, Schedule } from "effect"
import { CannotCut } from "../../domain/chunk/CannotCut.ts"
import { withChunking } from "../../domain/chunk/Growth.ts"
import { extensionOf, FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { isSplit } from "../../domain/job/GraphNode.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { toRepack } from "../../domain/media/Repacking.ts"
import { sourceTracks } from "../../domain/media/SourceTracks.ts"
import { chunkSoundKey } from "../../domain/video/FileNames.ts"
import type { Video } from "../../domain/video/Video.ts"
import { inputsOf } from "../../domain/video/VideoInputs.ts"
import { soundJob } from "../../jobs/chunkJobs.ts"
import { FileStorage, MediaSource } from "../../ports/FileStorage.ts"
import { MediaCutter } from "../../ports/MediaCutter.ts"
import { MediaProbe } from "../../ports/MediaProbe.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { isCopiedAudio, type LocalSource, makeCopyAudio } from "./copyAudio.ts"
import { makeCutPicture, makePlanPicture } from "./cutPicture.ts"
import { CuttingLost, makeLeased } from "./leased.ts"
import { makeStore } from "./storeCut.ts"

/** Opens a local copy of the source, and probes it unless its report is known. */
const makeOpen = Effect.gen(function* () {
  const storage = yield* FileStorage
  const cutter = yield* MediaCutter
  const probe = yield* MediaProbe
  return Effect.fnUntraced(function* (video: Video, known: Option.Option<ProbeReport>) {
    const inputs = Option.getOrUndefined(inputsOf(video))
    if (inputs === undefined) return yield* new CuttingLost()
    const stored = yield* Effect.catchTag(storage.source(inputs.media), "FileNotFound", () => new CuttingLost())
    const path = yield* cutter.local(stored)
    if (Option.isSome(known)) return { path, report: known.value }
    const report = yield* Effect.catchTag(
      probe.probe(MediaSource.Path({ path })),
      "UnreadableMedia",
      () => new CannotCut({ reason: "container" })
    )
    return { path, report }
  })
})

/** Stores the extracted audio with the job of its rendition. */
const makeExtractAudio = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const ids = yield* Identifiers
  const leased = yield* makeLeased
  const store = yield* makeStore

  return Effect.fnUntraced(function* (video: Video, server: string, { path, report }: LocalSource) {
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

/** Whether there is nothing to do for the audio: it is a part of the other renditions, has a job, or is made. */
const hasAudio = (video: Video): boolean =>
  !isSplit({ ...video.plan, source: video.source }) ||
  Option.exists(video.chunking, ({ sound }) => Option.isSome(sound)) ||
  video.files.some((file) => file.hasAudio && !file.hasVideo)

/** Makes the audio rendition, or stores the audio with the job that makes it, unless that is done already. */
const makeCutAudio = Effect.gen(function* () {
  const copyAudio = yield* makeCopyAudio
  const extractAudio = yield* makeExtractAudio

  return Effect.fnUntraced(function* (video: Video, server: string, source: LocalSource) {
    if (hasAudio(video)) return
    if (isCopiedAudio(source.report) && (yield* copyAudio(video, server, source))) return
    yield* extractAudio(video, server, source)
  })
})

/** The longest wait for the first playback. Further runners have nothing to do meanwhile. */
const PATIENCE = "5 seconds"

/** Time between two looks at the video, which any server may publish. */
const LOOK = "200 millis"

/** Waits until the film can be played, or has been removed, but not for long. */
const makeAwaitPlayable = Effect.map(
  VideoStore,
  (videos) => (id: VideoId) =>
    videos.find(id).pipe(
      Effect.repeat({
        schedule: Schedule.spaced(LOOK),
        until: (found) => !Option.exists(found, ({ state }) => state === "ToTranscode")
      }),
      Effect.timeoutOption(PATIENCE)
    )
)

/**
 * Cuts the source of a video into stored chunks and makes or extracts its audio. Skips what is done already. A player needs the
 * audio and the first chunk to begin, so the other chunks are cut when the film can be played, or a few seconds later. Where a
 * runner makes the audio, the first chunk is listed after it: a runner that is free before would encode the chunk in all sizes
 * first.
 */
export const makeCutSource = Effect.gen(function* () {
  const videos = yield* VideoStore
  const open = yield* makeOpen
  const planPicture = yield* makePlanPicture
  const cutPicture = yield* makeCutPicture
  const cutAudio = yield* makeCutAudio
  const awaitPlayable = yield* makeAwaitPlayable

  return spanned("Cutting.cutSource")(function* (id: VideoId, server: string, known: Option.Option<ProbeReport>) {
    const found = yield* videos.find(id)
    if (Option.isNone(found)) return yield* new CuttingLost()
    const video = found.value
    const source = yield* open(video, known)
    const audio = Fiber.join(yield* Effect.forkScoped(cutAudio(video, server, source)))
    const listed = isCopiedAudio(source.report) ? Effect.void : audio
    const cut = yield* planPicture(video, server, { ...source, audio: listed })
    yield* audio
    // Without a first chunk no runner makes anything that can be played.
    if (cut.from > 0) yield* awaitPlayable(id)
    yield* cutPicture(video, server, cut)
  }, Effect.scoped)
})
