import { Array as Arr, DateTime, Option, Order } from "effect"
import type { ChunkedRendition, Chunking, ChunkPart, SourceChunk, WorkLease } from "../video/Chunking.ts"
import { keysOfUnfinished } from "../video/fileKeys.ts"
import { scheduleDeletion } from "../video/PendingDeletion.ts"
import type { Video, VideoFile } from "../video/Video.ts"
import { addRendition, isPlayable } from "../video/VideoMachine.ts"

/** The video with a changed chunking. Unchanged without one. */
export const withChunking = (video: Video, change: (chunking: Chunking) => Chunking, now: DateTime.Utc): Video => ({
  ...video,
  chunking: Option.map(video.chunking, change),
  updatedAt: now
})

/** The unfinished rendition with this id. */
export const renditionOf = (video: Pick<Video, "chunking">, id: string): Option.Option<ChunkedRendition> =>
  Option.flatMap(video.chunking, ({ renditions }) => Arr.findFirst(renditions, (one) => one.id === id))

const withRendition =
  (id: string, change: (rendition: ChunkedRendition) => ChunkedRendition) =>
  (chunking: Chunking): Chunking => ({
    ...chunking,
    renditions: chunking.renditions.map((one) => (one.id === id ? change(one) : one))
  })

/** The number of parts from the beginning of the film up to the first gap. */
export const covered = ({ parts }: Pick<ChunkedRendition, "parts">): number => {
  const gap = parts.findIndex(({ index }, position) => index !== position)
  return gap === -1 ? parts.length : gap
}

/** Whether every chunk of the film has its part. */
export const isComplete = ({ state, total }: Chunking, rendition: ChunkedRendition): boolean =>
  state === "cut" && !rendition.failed && covered(rendition) === total

/**
 * The renditions whose playlists are to be written, or to be taken out of the master playlist. None before all cut
 * points of the film are known, because it may still be transcoded whole.
 */
export const dueRenditions = (video: Pick<Video, "chunking">): ReadonlyArray<ChunkedRendition> =>
  Option.match(video.chunking, {
    onNone: () => [],
    onSome: (chunking) =>
      chunking.total === 0
        ? []
        : chunking.renditions.filter((one) =>
            one.failed ? one.listed > 0 : covered(one) > one.listed || isComplete(chunking, one)
          )
  })

/** Whether the source is being cut. */
export const isCutting = ({ chunking }: Pick<Video, "chunking">): boolean =>
  Option.exists(chunking, ({ state }) => state === "cutting")

/**
 * The last sign of life of the servers that work on the chunks of a video; of the video itself when there is work that no
 * server has begun. None when there is nothing to do between the results of runners.
 */
export const workSince = (video: Pick<Video, "chunking" | "updatedAt">): Option.Option<DateTime.Utc> => {
  const leases = Option.match(video.chunking, {
    onNone: () => [],
    onSome: ({ cutter, lister }) => [cutter, lister].flatMap(Option.toArray).map(({ at }) => at)
  })
  const hasNoLister = Option.exists(video.chunking, ({ lister }) => Option.isNone(lister))
  const waiting = hasNoLister && dueRenditions(video).length > 0 ? [video.updatedAt] : []
  return Arr.match([...leases, ...waiting], {
    onEmpty: () => Option.none(),
    onNonEmpty: (moments) => Option.some(Arr.min(moments, DateTime.Order))
  })
}

/** The video with one more chunk in storage. */
export const withChunk = (video: Video, chunk: SourceChunk, lease: WorkLease, now: DateTime.Utc): Video =>
  withChunking(
    video,
    (chunking) => ({ ...chunking, chunks: [...chunking.chunks, chunk], cutter: Option.some(lease) }),
    now
  )

const byIndex: Order.Order<ChunkPart> = Order.mapInput(Order.number, ({ index }) => index)

/**
 * The video with the result of a chunk. The first result of a chunk stays. A superfluous one becomes a pending
 * deletion.
 */
export const withPart = (video: Video, id: string, part: ChunkPart, now: DateTime.Utc): Video =>
  Option.match(
    Option.filter(renditionOf(video, id), ({ parts }) => parts.every(({ index }) => index !== part.index)),
    {
      onNone: () => ({ ...video, pendingDeletion: scheduleDeletion(video, [part.key], now), updatedAt: now }),
      onSome: () =>
        withChunking(
          video,
          withRendition(id, (one) => ({ ...one, parts: Arr.sort([...one.parts, part], byIndex) })),
          now
        )
    }
  )

/** The video after the final failure of a chunk. Its rendition fails. Its parts stay for a retry. */
export const withFailure = (video: Video, id: string, now: DateTime.Utc): Video =>
  Option.exists(renditionOf(video, id), ({ failed }) => !failed)
    ? withChunking(
        video,
        withRendition(id, (one) => ({ ...one, failed: true })),
        now
      )
    : video

/** The video whose failed renditions are made again. */
export const withRevival = (video: Video, ids: ReadonlySet<string>, now: DateTime.Utc): Video =>
  withChunking(
    video,
    (chunking) => ({
      ...chunking,
      renditions: chunking.renditions.map((one) => (ids.has(one.id) ? { ...one, failed: false } : one))
    }),
    now
  )

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

/** The rendition as a file of the video, as far as it goes without a gap. */
const fileOf = (rendition: ChunkedRendition): Option.Option<VideoFile> => {
  const parts = rendition.parts.slice(0, covered(rendition))
  return Option.map(Arr.head(parts), ({ facts, key }) => ({
    ...facts,
    attemptId: rendition.id,
    size: sum(parts.map((part) => part.size)),
    duration: Option.some(sum(parts.flatMap(({ segments }) => segments.map(([seconds]) => seconds)))),
    key,
    playlistKey: rendition.playlistKey,
    parts: parts.map((part) => ({ key: part.key, size: part.size }))
  }))
}

const withoutFile = (video: Video, id: string): Video => ({
  ...video,
  files: video.files.filter(({ attemptId }) => attemptId !== id)
})

/** The video with one due rendition as its playlist shows it, or without it when it has failed. */
const listedOne = (video: Video, rendition: ChunkedRendition, now: DateTime.Utc): Video => {
  const isDone = Option.exists(video.chunking, (chunking) => isComplete(chunking, rendition))
  const shown = rendition.failed
    ? withoutFile(video, rendition.id)
    : Option.match(fileOf(rendition), { onNone: () => video, onSome: (file) => addRendition(video, file, now) })
  const listed = rendition.failed ? 0 : covered(rendition)
  return withChunking(
    shown,
    (chunking) => ({
      ...withRendition(rendition.id, (one) => ({ ...one, listed }))(chunking),
      ...(isDone ? { renditions: chunking.renditions.filter(({ id }) => id !== rendition.id) } : {})
    }),
    now
  )
}

/** A video that loses its last playable rendition is not published any more. */
export const unlessUnplayable = (video: Video): Video =>
  video.state === "Published" && !isPlayable(video) ? { ...video, state: "ToTranscode" } : video

/**
 * The video after the playlists of its due renditions were written. A complete rendition is a file like any other from now
 * on.
 */
export const withListed = (video: Video, now: DateTime.Utc): Video =>
  unlessUnplayable(dueRenditions(video).reduce((current, rendition) => listedOne(current, rendition, now), video))

/** The video whose source has been cut completely. */
export const withAllChunks = (video: Video, now: DateTime.Utc): Video =>
  withChunking(video, (chunking) => ({ ...chunking, state: "cut", cutter: Option.none() }), now)

/** The video without renditions that failed in chunks, and without their files. */
export const withoutFailed = (video: Video, now: DateTime.Utc): Video => {
  const failed = Option.match(video.chunking, {
    onNone: () => [],
    onSome: ({ renditions }) => renditions.filter((one) => one.failed)
  })
  if (failed.length === 0) return video
  const ids = new Set(failed.map(({ id }) => id))
  return {
    ...withChunking(
      video,
      (chunking) => ({ ...chunking, renditions: chunking.renditions.filter(({ id }) => !ids.has(id)) }),
      now
    ),
    files: video.files.filter(({ attemptId }) => !ids.has(attemptId)),
    pendingDeletion: scheduleDeletion(video, keysOfUnfinished({ renditions: failed }), now)
  }
}
