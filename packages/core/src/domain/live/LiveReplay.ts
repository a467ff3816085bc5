import { Array as Arr, Option, Order } from "effect"
import type { Rung } from "../media/Resolutions.ts"
import { chunkOf, type LiveChunk } from "./LiveFiles.ts"
import { variantsOf } from "./LiveLadder.ts"

/** The segments of one variant, in the order in which they are joined. */
export interface ReplayPart extends Rung {
  readonly variant: number
  readonly chunks: ReadonlyArray<string>
}

/** The inputs of a replay. */
export interface ReplayInput {
  readonly picture: Option.Option<ReplayPart>
  readonly sound: Option.Option<ReplayPart>
}

const byNumber = Order.mapInput(Order.number, ({ number }: LiveChunk) => number)

/**
 * Selects the segments that become the source of a replay: those of the largest variant that has any, and those of the
 * audio. Segments of one variant, joined byte by byte, form one MPEG transport stream, and all variants share one
 * clock. The host therefore writes one file for each part without FFmpeg, and offers them to runners as a video and its
 * separate audio. An audio-only live has no picture. Ignores names without a number.
 */
export const replayInput = (options: {
  /** The requested variants. */
  readonly asked: ReadonlyArray<Rung>
  /** The names of all stored segments, in any order. */
  readonly names: ReadonlyArray<string>
}): ReplayInput => {
  const chunks = Arr.sort(Arr.filterMap(Arr.dedupe(options.names), chunkOf), byNumber)
  const parts = variantsOf(options.asked)
    .map((rung, variant): ReplayPart => {
      const own = chunks.filter((chunk) => chunk.variant === variant)
      return { ...rung, variant, chunks: own.map(({ name }) => name) }
    })
    .filter((part) => part.chunks.length > 0)
  const [pictures, sounds] = Arr.partition(parts, ({ resolution }) => resolution === 0)
  return {
    picture: Arr.isNonEmptyReadonlyArray(pictures)
      ? Option.some(
          Arr.max(
            pictures,
            Order.mapInput(Order.number, ({ resolution }: ReplayPart) => resolution)
          )
        )
      : Option.none(),
    sound: Arr.head(sounds)
  }
}
