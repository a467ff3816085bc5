import { Array as Arr, Chunk, Effect, Encoding, Option, Stream } from "effect"
import { checkLength, fitSegments, summaryOfChunk } from "../domain/chunk/ChunkCheck.ts"
import { renditionOf, withPart } from "../domain/chunk/Growth.ts"
import { headerSize, segmentRanges, segmentSeconds } from "../domain/hls/HlsPlaylist.ts"
import { refusedDurations } from "../domain/job/JobAttempt.ts"
import { checkRendition } from "../domain/media/ResultCheck.ts"
import { lengthsOf } from "../domain/mp4/index.ts"
import type { ChunkPart, Segment, SourceChunk } from "../domain/video/Chunking.ts"
import { mediaKey, nameOf } from "../domain/video/FileNames.ts"
import type { Video } from "../domain/video/Video.ts"
import { concat } from "../ports/concat.ts"
import { playlistText } from "./hlsResult.ts"
import type { Attempt, Publication } from "./JobType.ts"
import { examine } from "./mediaResult.ts"
import { storeSegments } from "./mp4/store.ts"
import { type Survey, survey } from "./mp4/survey.ts"
import type { UploadedFile } from "./UploadedFile.ts"
import { placeOf, type RenditionJob } from "./videoJob.ts"

/** One attempt at one chunk of a rendition. */
type Content = Attempt<
  { readonly output: { readonly resolution: number; readonly separatedAudio: boolean } },
  RenditionJob
> & { readonly result: { readonly videoFile: UploadedFile; readonly resolutionPlaylistFile: UploadedFile } }

/** The chunk of the source that the job makes, while its rendition needs it. */
const neededChunk = (video: Video, { job }: Pick<Content, "job">): Option.Option<SourceChunk> =>
  Option.all([job.renditionId, job.chunk, video.chunking]).pipe(
    Option.filter(([id]) => Option.isSome(renditionOf(video, id))),
    Option.flatMap(([, index, { chunks }]) => Arr.get(chunks, index))
  )

/** A digest of the header of a media file. Files with the same one need one init segment. */
const digestOf = (file: UploadedFile, size: number) =>
  Stream.runCollect(file.read({ start: 0, end: Math.max(0, Math.min(size, file.size) - 1) })).pipe(
    Effect.map((chunks) => new Uint8Array(concat(Chunk.map(chunks, (bytes) => bytes)))),
    Effect.flatMap((bytes) => Effect.promise(() => crypto.subtle.digest("SHA-256", bytes))),
    Effect.map((digest) => Encoding.encodeBase64Url(new Uint8Array(digest).slice(0, 12)))
  )

/** Seconds of picture in the result, as exactly as they are known. */
const secondsOf = (boxes: Option.Option<Survey>, probed: Option.Option<number>): Option.Option<number> =>
  boxes.pipe(
    Option.flatMap(({ movie, timeline }) =>
      Arr.findFirst(lengthsOf(movie, timeline), ({ samples, track }) => track.kind === "video" && samples > 0)
    ),
    Option.map(({ seconds }) => seconds),
    Option.orElse(() => probed)
  )

const segmentsOf = (playlist: string): ReadonlyArray<Segment> =>
  Arr.zipWith(segmentSeconds(playlist), segmentRanges(playlist), (seconds, { first, last }) => [
    seconds,
    first,
    last - first + 1
  ])

/** Checks and stores the result of a chunk. Its times become those of the film. */
const partOf = Effect.fnUntraced(function* (attempt: Content, video: Video, chunk: SourceChunk, index: number) {
  const { attemptId, job, payload, privatePayload, result } = attempt
  const { source } = video
  const refused = refusedDurations(job.attempts)
  const key = mediaKey(placeOf(privatePayload), attemptId, payload.output.resolution)
  const { file } = yield* examine(result.videoFile, {
    attemptId,
    key,
    check: (found) =>
      checkRendition({ asked: payload.output, source: summaryOfChunk(source, chunk), result: found, refused })
  })
  const boxes = yield* survey(result.videoFile)
  const seconds = Option.getOrElse(secondsOf(boxes, file.duration), () => chunk.duration)
  yield* checkLength(chunk, { seconds, fps: Math.min(file.fps, source.fps || file.fps) }, refused)
  const text = yield* playlistText(result.resolutionPlaylistFile, {
    ...{ name: nameOf(key), size: file.size, duration: file.duration },
    timeline: Option.map(boxes, ({ timeline }) => timeline)
  })
  const header = headerSize(text)
  const digest = yield* digestOf(result.videoFile, header)
  const at = (source.shown?.start ?? 0) + chunk.start
  yield* storeSegments(key, result.videoFile, { survey: boxes, anchor: { fps: source.fps, start: Option.some(at) } })
  const { codecs, fps, hasAudio, hasVideo, height, resolution, videoRange, width } = file
  const part: ChunkPart = {
    ...{ index, attemptId, key, size: file.size, header: { size: header, digest } },
    segments: fitSegments(segmentsOf(text), chunk),
    facts: {
      ...{ codecs, fps, hasAudio, hasVideo, height, resolution, width },
      ...(videoRange === undefined ? {} : { videoRange })
    }
  }
  return part
})

/**
 * Stores the result of a chunk without showing it. Its file is named by the attempt, so that none is ever overwritten. The
 * playlist of the rendition lists it later. A result that nobody needs any more is left to be deleted.
 */
export const completeChunk = (attempt: Content, video: Video) =>
  Effect.gen(function* () {
    const publication: Publication = {
      ...{ videoId: video.id, change: (current: Video) => current, playlistKey: Option.none(), canPublish: false },
      jobs: () => []
    }
    const needed = Option.all([attempt.job.renditionId, attempt.job.chunk, neededChunk(video, attempt)])
    if (Option.isNone(needed)) return publication
    const [renditionId, index, chunk] = needed.value
    const part = yield* partOf(attempt, video, chunk, index)
    return { ...publication, change: (current, now) => withPart(current, renditionId, part, now) } satisfies Publication
  })
