import { type DateTime, Effect, Option, Scope, Stream } from "effect"
import { segmentSeconds } from "../../domain/hls/HlsPlaylist.ts"
import { areShortSegments, isPlainAudio } from "../../domain/media/CopyRule.ts"
import type { ProbeReport } from "../../domain/media/ProbeReport.ts"
import { toRepack } from "../../domain/media/Repacking.ts"
import { checkRendition } from "../../domain/media/ResultCheck.ts"
import { sourceTracks } from "../../domain/media/SourceTracks.ts"
import { isPlaced, originOf } from "../../domain/mp4/index.ts"
import { mediaKey, playlistKey } from "../../domain/video/FileNames.ts"
import type { Video, VideoFile } from "../../domain/video/Video.ts"
import { addRendition, published } from "../../domain/video/VideoMachine.ts"
import { CompletionError, orCompletionError } from "../../jobs/CompletionError.ts"
import { checkHls } from "../../jobs/hlsResult.ts"
import { UploadError } from "../../jobs/UploadedFile.ts"
import { type ByteRange, FileStorage, MediaSource } from "../../ports/FileStorage.ts"
import { type AudioRendition, MediaCutter } from "../../ports/MediaCutter.ts"
import { MediaProbe } from "../../ports/MediaProbe.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { makeLeased } from "./leased.ts"
import { makeHold, makeStore } from "./storeCut.ts"
import { makeWithMaster, playlistType, textOf } from "./withMaster.ts"

/** The source of a film on the disk of this machine. */
export interface LocalSource {
  readonly path: string
  readonly report: ProbeReport
}

/** Whether the audio of the source becomes a rendition unchanged, so that no runner is needed for it. */
export const isCopiedAudio = (report: ProbeReport): boolean => Option.exists(sourceTracks(report).audio, isPlainAudio)

const refused = (message: string) => new CompletionError({ message })

/** The media and the text of the playlist as they are checked. */
const filesOf = ({ path, playlist, read, size }: AudioRendition) => ({
  media: {
    ...{ path, size },
    read: (range: ByteRange) => Stream.mapError(read(range), (cause) => new UploadError({ cause }))
  },
  playlist: Effect.succeed(playlist)
})

/** Copies the audio of the source into a rendition, and checks it as results of runners are checked. */
const makeCopy = Effect.gen(function* () {
  const cutter = yield* MediaCutter
  const probe = yield* MediaProbe

  return spanned("Cutting.copyAudio")(function* (video: Video, { path, report }: LocalSource, attemptId: string) {
    const { audio, heard, origin } = sourceTracks(report)
    const found = toRepack(report, { audio })
    if (Option.isNone(found)) return yield* refused("There is no audio")
    const { source } = video
    const place = { fps: source.fps, at: Option.match(heard, { onNone: () => 0, onSome: ({ start }) => start }) }
    const input = { ...found.value, source: MediaSource.Path({ path }), origin: origin - originOf(source.fps) }
    const made = yield* cutter.audioRendition(input)
    const { boxes, file, reports, text } = yield* checkHls(filesOf(made), {
      ...{ attemptId, key: mediaKey(video, attemptId, 0) },
      check: (result) => checkRendition({ asked: { resolution: 0, separatedAudio: true }, source, result })
    }).pipe(Effect.provideService(MediaProbe, probe))
    if (!areShortSegments(segmentSeconds(text))) return yield* refused("A segment is too long for players")
    if (Option.exists(boxes, ({ movie, timeline }) => !isPlaced(movie, timeline, place))) {
      return yield* refused("Its times are not those of the film")
    }
    const rendition: VideoFile = { ...file, playlistKey: playlistKey(video, attemptId, 0) }
    return { path: made.path, reports, rendition, text }
  }, orCompletionError)
})

/**
 * Makes the audio rendition of a film by a copy, and publishes it. Returns whether it did: audio that cannot be copied is left
 * to a runner. The files have upload records until the write that shows them, so that none stays after a crash.
 */
export const makeCopyAudio = Effect.gen(function* () {
  const storage = yield* FileStorage
  const ids = yield* Identifiers
  const leased = yield* makeLeased
  const store = yield* makeStore
  const hold = yield* makeHold
  const withMaster = yield* makeWithMaster
  const copy = yield* makeCopy

  return Effect.fnUntraced(function* (video: Video, server: string, source: LocalSource) {
    const made = yield* Effect.option(
      Effect.tapError(copy(video, source, yield* ids.uuid), (error) =>
        Effect.logWarning("The audio of a film cannot be copied and is left to a runner", error)
      )
    )
    if (Option.isNone(made)) return false
    const { path, rendition, reports, text } = made.value
    yield* store(rendition.key, path)
    yield* hold(rendition.playlistKey)
    yield* storage.write(rendition.playlistKey, textOf(text), playlistType)
    const scope = yield* Effect.scope
    const shown = (current: Video, now: DateTime.Utc) =>
      Effect.map(withMaster(current, addRendition(current, rendition, now), now), (next) => ({
        ...{ video: published(next), jobs: [], reports },
        keys: [rendition.key, rendition.playlistKey, ...Option.toArray(next.playlistKey)]
      }))
    yield* leased.change(video.id, server, (current, now) => Scope.extend(shown(current, now), scope))
    return true
  }, Effect.scoped)
})
