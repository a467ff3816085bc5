import { Array as Arr, Option, Order } from "effect"
import type { Rung } from "../media/Resolutions.ts"
import { chunkOf, type LiveChunk } from "./LiveFiles.ts"
import { variantsOf } from "./LiveLadder.ts"

/** The segments of one variant, in the order in which they are to be joined. */
export interface ReplayPart extends Rung {
  readonly variant: number
  readonly chunks: ReadonlyArray<string>
}

/** What a finished live can be transcoded from. */
export interface ReplayInput {
  readonly picture: Option.Option<ReplayPart>
  readonly sound: Option.Option<ReplayPart>
}

const byNumber = Order.mapInput(Order.number, ({ number }: LiveChunk) => number)

/**
 * What of the segments that were kept becomes the source of a video: those of the largest variant that has any, and
 * those of the sound. Segments of one variant, joined byte by byte in this order, are one MPEG transport stream, and
 * those of all variants keep one clock; so the host writes one file for each part, without ffmpeg, and offers them to
 * runners as a video and its separate sound. A live of sound alone has no picture. Names that say no place are left out.
 */
export const replayInput = (options: {
  /** What the runner was asked to make. */
  readonly asked: ReadonlyArray<Rung>
  /** The names of all segments that were kept, in any order. */
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
