import { type Array as Arr, Context, type Effect, type Scope } from "effect"
import type { MediaSource } from "./FileStorage.ts"
import type { ProbeError, UnreadableMedia } from "./MediaProbe.ts"

/** Tracks of a file, by their numbers in it. Times are seconds on the clock of the file. */
export interface RemuxInput {
  readonly source: MediaSource
  readonly tracks: Arr.NonEmptyReadonlyArray<number>
  /** When the first packet of the file begins. */
  readonly start: number
  /** When the presentation of the tracks begins. The earliest of all inputs becomes 0; what is before is hidden. */
  readonly origin: number
}

/** A file on the disk of this machine, which the storage may adopt. */
export interface RemuxedFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** Moves media into another container without decoding it. One failing call never affects another. */
export class MediaRemuxer extends Context.Tag("@runner-connector/core/MediaRemuxer")<
  MediaRemuxer,
  {
    /**
     * Copies tracks into a progressive MP4 file, in the order given. Several inputs share a clock: their tracks keep
     * their distance. The file is deleted with the scope, unless it was moved. Fails with `UnreadableMedia` if the input
     * cannot be read, or if MP4 cannot hold one of the tracks.
     */
    readonly toMp4: (
      inputs: Arr.NonEmptyReadonlyArray<RemuxInput>
    ) => Effect.Effect<RemuxedFile, UnreadableMedia | ProbeError, Scope.Scope>
  }
>() {}
