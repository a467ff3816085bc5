import { Array as Arr, Effect, Encoding, Option } from "effect"
import { checkLength, fitSegments, summaryOfChunk } from "../domain/chunk/ChunkCheck.ts"
import { renditionOf, withPart } from "../domain/chunk/Growth.ts"
import { headerSize, segmentRanges, segmentSeconds } from "../domain/hls/HlsPlaylist.ts"
import { refusedDurations } from "../domain/job/JobAttempt.ts"
import { checkRendition } from "../domain/media/ResultCheck.ts"
import { applied, codingOf, lengthsOf } from "../domain/mp4/index.ts"
import type { ChunkPart, Segment, SourceChunk } from "../domain/video/Chunking.ts"
import { mediaKey } from "../domain/video/FileNames.ts"
import type { Video } from "../domain/video/Video.ts"
import { FileStorage } from "../ports/FileStorage.ts"
import { checkHls, receivedPlaylist } from "./hlsResult.ts"
import type { Attempt, Publication } from "./JobType.ts"
import { patchedHeader } from "./mp4/partEdits.ts"
import { type PartPlace, rescaleOf, storePart } from "./mp4/store.ts"
import type { Survey } from "./mp4/survey.ts"
import type { UploadedFile } from "./UploadedFile.ts"
import { placeOf, type RenditionJob } from "./videoJob.ts"

/** More fragments than a chunk has. They are numbered through the film. */
const FRAGMENTS = 10_000

const mp4 = { contentType: "video/mp4" }

/** One attempt at one chunk of a rendition. */
type Content = Attempt<
  { readonly output: { readonly resolution: number; readonly fps: number; readonly separatedAudio: boolean } },
  RenditionJob
> & { readonly result: { readonly videoFile: UploadedFile; readonly resolutionPlaylistFile: UploadedFile } }

/** The chunk of the source that the job makes, while its rendition needs it. */
const neededChunk = (video: Video, { job }: Pick<Content, "job">): Option.Option<SourceChunk> =>
  Option.all([job.renditionId, job.chunk, video.chunking]).pipe(
    Option.filter(([id]) => Option.isSome(renditionOf(video, id))),
    Option.flatMap(([, index, { chunks }]) => Arr.get(chunks, index))
  )

/** A digest of what the header says about decoding. Files with the same one need one init segment. */
const digestOf = (boxes: Option.Option<Survey>, place: PartPlace) =>
  Effect.gen(function* () {
    if (Option.isNone(boxes)) return ""
    const patches = yield* patchedHeader(boxes.value, { rescale: rescaleOf(boxes.value, place) })
    const coding = new Uint8Array(yield* codingOf(applied(boxes.value.header, patches)))
    const digest = yield* Effect.promise(() => crypto.subtle.digest("SHA-256", coding))
    return Encoding.encodeBase64Url(new Uint8Array(digest).slice(0, 12))
  })

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
  const files = { media: result.videoFile, playlist: receivedPlaylist(result.resolutionPlaylistFile) }
  const { boxes, file, text } = yield* checkHls(files, {
    attemptId,
    key,
    check: (found) =>
      checkRendition({ asked: payload.output, source: summaryOfChunk(source, chunk), result: found, refused })
  })
  const seconds = Option.getOrElse(secondsOf(boxes, file.duration), () => chunk.duration)
  yield* checkLength(chunk, { seconds, fps: Math.min(file.fps, source.fps || file.fps) }, refused)
  const place = {
    ...{ fps: source.fps, at: (source.shown?.start ?? 0) + chunk.start, sequence: index * FRAGMENTS + 1 },
    rate: Option.some(payload.output.fps)
  }
  const digest = yield* digestOf(boxes, place)
  yield* Option.match(boxes, {
    onNone: () => Effect.flatMap(FileStorage, (storage) => storage.adopt(key, result.videoFile.path, mp4)),
    onSome: (found) => storePart(key, result.videoFile, { survey: found, place })
  })
  const { codecs, fps, hasAudio, hasVideo, height, resolution, videoRange, width } = file
  const part: ChunkPart = {
    ...{ index, attemptId, key, size: file.size, header: { size: headerSize(text), digest } },
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
