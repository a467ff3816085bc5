import { type DateTime, Effect, Option } from "effect"
import { JobId } from "../domain/Ids.ts"
import { type GraphNode, isSplit, REQUIRED } from "../domain/job/GraphNode.ts"
import { pending, type RunnerJob } from "../domain/job/RunnerJob.ts"
import type { ChunkedRendition, Chunking, WorkLease } from "../domain/video/Chunking.ts"
import { type Place, playlistKey } from "../domain/video/FileNames.ts"
import type { Video } from "../domain/video/Video.ts"
import { spanned } from "../ports/Spans.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { copyFields, placeFields, type RenditionJob } from "./videoJob.ts"

const HLS = "vod-hls-transcoding"

/** Whether the node is made of what is cut out of the source. Progressive files are made of the whole source. */
export const isFromChunks = ({ type }: GraphNode): boolean => type === HLS

/** The audio comes first: nothing plays without it. */
const SOUND_PRIORITY = REQUIRED

/** The distance in chunks between a rendition and the next smaller one. */
const HEAD_START = 4

/** The distance in chunks between the smallest rendition and one that can be copied. */
const COPY_START = 2

/**
 * The first chunk of the smallest rendition comes first. Then all renditions grow, the smaller ones ahead. Copies are so early
 * that a runner which copies is always shown one: a request lists ten jobs.
 */
const priorityOf = (rank: number, index: number, { isCopy }: Pick<RenditionJob, "isCopy">): number =>
  REQUIRED + 1 + index + (isCopy === true ? Math.min(COPY_START, rank) : HEAD_START * rank)

/** The beginning of the work in chunks: the renditions to be made, and the server that cuts the source. */
export const beginChunking = spanned("chunkJobs.beginChunking")(function* (
  place: Place,
  nodes: ReadonlyArray<GraphNode>,
  lease: WorkLease
) {
  const { uuid } = yield* Identifiers
  const pictures = nodes.filter((node) => isFromChunks(node) && node.resolution > 0)
  const renditions = yield* Effect.forEach(pictures, ({ fps, resolution }) =>
    Effect.map(
      uuid,
      (id): ChunkedRendition => ({
        ...{ id, resolution, fps, playlistKey: playlistKey(place, id, resolution) },
        ...{ failed: false, parts: [], listed: 0 }
      })
    )
  )
  const chunking: Chunking = {
    ...{ state: "cutting", total: 0, chunks: [], sound: Option.none(), renditions },
    ...{ cutter: Option.some(lease), lister: Option.none() }
  }
  return chunking
})

/** A video that is transcoded whole although chunks were requested. */
export const notChunked = (reason: string): Chunking => ({
  ...{ state: "whole", reason, total: 0, chunks: [], sound: Option.none(), renditions: [] },
  ...{ cutter: Option.none(), lister: Option.none() }
})

const privateOf = (video: Video, rest: Partial<RenditionJob>): RenditionJob => ({
  videoId: video.id,
  place: placeFields(video),
  maxFailures: video.plan.settings.maxFailures,
  ...{ canPublish: true, deletesInput: false, deletesWebVideos: false, separatedSound: false },
  ...rest
})

/** The job of a rendition that has failed waits for a retry of the chunk that failed. */
const stateOf = ({ failed }: ChunkedRendition, at: DateTime.Utc): Partial<RunnerJob> =>
  failed ? { state: "ParentErrored", error: Option.some("parent error"), finishedAt: Option.some(at) } : {}

/** A chunk that is new in storage. */
export interface NewChunk {
  /** Its input. */
  readonly inputId: string
  readonly index: number
  /** Its part of the film, from 0 to 1. */
  readonly share: number
}

/** The jobs that make a chunk in each rendition of the video. */
export const chunkJobs = (
  video: Video,
  { index, inputId, share }: NewChunk,
  ids: ReadonlyArray<string>,
  at: DateTime.Utc
): ReadonlyArray<RunnerJob> => {
  const separatedAudio = isSplit({ ...video.plan, source: video.source })
  return Option.match(video.chunking, { onNone: () => [], onSome: ({ renditions }) => renditions }).flatMap(
    (rendition, rank) => {
      const id = ids[rank]
      if (id === undefined) return []
      const { fps, resolution } = rendition
      const copying = copyFields(video.source, { type: HLS, resolution, fps })
      return [
        pending({
          ...{ id: JobId.make(id), type: HLS, payload: { output: { resolution, fps, separatedAudio } } },
          privatePayload: privateOf(video, { inputId, share, ...copying }),
          priority: priorityOf(rank, index, copying),
          ...{ videoId: Option.some(video.id), renditionId: Option.some(rendition.id), chunk: Option.some(index) },
          ...{ createdAt: at, ...stateOf(rendition, at) }
        })
      ]
    }
  )
}

/** The job that makes the audio rendition of the extracted audio. */
export const soundJob = (video: Video, inputId: string, id: string, at: DateTime.Utc): RunnerJob =>
  pending({
    ...{ id: JobId.make(id), type: HLS, payload: { output: { resolution: 0, fps: 0, separatedAudio: true } } },
    privatePayload: privateOf(video, { inputId }),
    ...{ priority: SOUND_PRIORITY, videoId: Option.some(video.id), createdAt: at }
  })
