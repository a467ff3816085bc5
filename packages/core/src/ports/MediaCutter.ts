import { Context, Effect, Layer, type Scope, Stream } from "effect"
import { CannotCut } from "../domain/chunk/CannotCut.ts"
import type { ChunkPlan, CutSource, PlannedChunk } from "../domain/chunk/ChunkPlan.ts"
import type { ByteRange, MediaSource } from "./FileStorage.ts"
import type { ProbeError } from "./MediaProbe.ts"
import type { RemuxedFile, RemuxInput } from "./MediaRemuxer.ts"

/** The video track of a file on the disk of this machine. */
export interface CutInput {
  readonly path: string
  /** Its number in the file. */
  readonly track: number
  /** FFmpeg's name of its codec. */
  readonly codec: string
}

/** A chunk on the disk of this machine, which the storage may adopt. */
export interface CutChunk extends PlannedChunk {
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** The cut points of a track, or of its beginning. */
export interface Examined extends CutSource {
  /** It is the whole track. */
  readonly isWhole: boolean
}

/** Which chunks are cut. */
export interface CutOrder {
  readonly plan: ChunkPlan
  /** The plan ends before the source does. False by default. */
  readonly isBeginning?: boolean
  /** Index of the first chunk that is wanted. Those before it are neither made nor written. */
  readonly from: number
}

/** An audio rendition on the disk of this machine, which the storage may adopt. */
export interface AudioRendition extends RemuxedFile {
  /** Bytes of the file. */
  readonly read: (range: ByteRange) => Stream.Stream<Uint8Array, ProbeError>
  /** The text of its media playlist, in which the file has a name such as runners give it. */
  readonly playlist: string
}

/** Cuts the video track of a source into chunks without decoding it. One failing call never affects another. */
export class MediaCutter extends Context.Tag("@runner-connector/core/MediaCutter")<
  MediaCutter,
  {
    /**
     * The path of the source on the disk of this machine. A source elsewhere is copied there once, until the scope ends.
     * Fails with `CannotCut` where nothing can be cut.
     */
    readonly local: (source: MediaSource) => Effect.Effect<string, CannotCut | ProbeError, Scope.Scope>
    /**
     * Looks for the cut points of a video track, in memory that grows at most with the tables of the file. With `until`
     * only in these seconds at its beginning, unless the file lists its pictures. Otherwise reads the file once. Fails
     * with `CannotCut` if the codec is not known, or if timestamps do not allow an exact cut.
     */
    readonly examine: (input: CutInput, until?: number) => Effect.Effect<Examined, CannotCut | ProbeError>
    /**
     * Cuts a track as planned, by one stream copy. Emits each chunk as soon as it is finished, in order: an MP4 file with
     * the track alone, whose first picture is shown at 0 and whose coded pictures were counted. Files are deleted with
     * the scope of the stream, unless they were moved. Fails with `CannotCut` if the file cannot be copied or a count is
     * wrong.
     */
    readonly cut: (input: CutInput, order: CutOrder) => Stream.Stream<CutChunk, CannotCut | ProbeError>
    /**
     * Copies an audio track into a file of its own, which begins with the first sound. The file is deleted with the
     * scope, unless it was moved. Fails with `CannotCut` if neither MP4 nor QuickTime can hold the track.
     */
    readonly audio: (input: RemuxInput) => Effect.Effect<RemuxedFile, CannotCut | ProbeError, Scope.Scope>
    /**
     * Copies an AAC track into an HLS rendition, without edit lists. All samples can be heard. None may begin before
     * `origin`, because the file cannot express times below 0. The file is deleted with the scope, unless it was moved. Fails
     * with `CannotCut` if the track cannot be copied.
     */
    readonly audioRendition: (input: RemuxInput) => Effect.Effect<AudioRendition, CannotCut | ProbeError, Scope.Scope>
  }
>() {}

const nothing = new CannotCut({ reason: "noCutter" })

/** Cuts nothing, for servers without a native FFmpeg. Films are transcoded whole. */
export const layerNone: Layer.Layer<MediaCutter> = Layer.succeed(MediaCutter, {
  local: () => Effect.fail(nothing),
  examine: () => Effect.fail(nothing),
  cut: () => Stream.fail(nothing),
  audio: () => Effect.fail(nothing),
  audioRendition: () => Effect.fail(nothing)
})
