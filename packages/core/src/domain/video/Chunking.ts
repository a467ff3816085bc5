import { Schema } from "effect"
import { FileKey } from "../FileKey.ts"
import { RenditionFacts } from "./RenditionFacts.ts"

/** A server that works on a video in the background. Another one continues when it has been silent for too long. */
export const WorkLease = Schema.Struct({
  /** Differs for each process. */
  server: Schema.UUID,
  /** The last sign of life. */
  at: Schema.DateTimeUtc
})
export type WorkLease = typeof WorkLease.Type

/** An input of runners that was cut out of the source. */
const inputFields = {
  /** Stands in the place of the video's id in download URLs, because runners may cache inputs by it. */
  id: Schema.UUID,
  key: FileKey
}

/** A chunk of the source's picture. */
export const SourceChunk = Schema.Struct({
  ...inputFields,
  /** Seconds from the first picture of the film. */
  start: Schema.Number,
  /** Seconds. */
  duration: Schema.Number
})
export type SourceChunk = typeof SourceChunk.Type

/** The audio of the source in a file of its own. */
export const SourceSound = Schema.Struct(inputFields)
export type SourceSound = typeof SourceSound.Type

/** A segment of a media file: its seconds, its first byte and its length in bytes. */
export const Segment = Schema.Tuple(Schema.Number, Schema.Int, Schema.Int)
export type Segment = typeof Segment.Type

/** The result of one chunk: a fragmented MP4 file whose times are those of the film. */
export const ChunkPart = Schema.Struct({
  /** Which chunk, from 0. */
  index: Schema.Int,
  /** The attempt that made it. Names its file. */
  attemptId: Schema.UUID,
  key: FileKey,
  /** Bytes. */
  size: Schema.Int,
  /** The length of its header in bytes, and its digest: parts with equal headers share one `EXT-X-MAP`. */
  header: Schema.Struct({ size: Schema.Int, digest: Schema.String }),
  segments: Schema.Array(Segment),
  facts: RenditionFacts
})
export type ChunkPart = typeof ChunkPart.Type

/** A rendition that is made in chunks and not complete yet. */
export const ChunkedRendition = Schema.Struct({
  /** The attempt id of its file in the video. Its jobs carry it as `renditionId`. */
  id: Schema.UUID,
  /** As requested. */
  resolution: Schema.Int,
  fps: Schema.Int,
  playlistKey: FileKey,
  /** A chunk has failed finally, or was cancelled. */
  failed: Schema.Boolean,
  /** Ordered by index. Those behind a missing one wait for it. */
  parts: Schema.Array(ChunkPart),
  /** How many parts the published playlist lists. */
  listed: Schema.Int
})
export type ChunkedRendition = typeof ChunkedRendition.Type

/** How a video is made in chunks. */
export const Chunking = Schema.Struct({
  /** `cutting`: the source is being cut. `cut`: all chunks are known. `whole`: it is transcoded whole for `reason`. */
  state: Schema.Literal("cutting", "cut", "whole"),
  /** Why the video is transcoded whole: a sentence. Absent unless it is. */
  reason: Schema.optionalWith(Schema.String, { exact: true }),
  /** The number of chunks. 0 until it is known. */
  total: Schema.Int,
  /** The chunks in storage, in order. Empty again when the video has ended. */
  chunks: Schema.Array(SourceChunk),
  sound: Schema.OptionFromNullOr(SourceSound),
  /** The renditions that are not complete yet, lowest first. */
  renditions: Schema.Array(ChunkedRendition),
  /** The server that cuts. Some exactly while `state` is `cutting`. */
  cutter: Schema.OptionFromNullOr(WorkLease),
  /** The server that writes playlists. One at a time, so that no older version replaces a newer one. */
  lister: Schema.OptionFromNullOr(WorkLease)
})
export type Chunking = typeof Chunking.Type
