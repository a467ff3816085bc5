import { Mp4Packets } from "@runner-connector/core"
import { Ffmpeg, InputBytes, type MediaInput } from "@runner-connector/ffmpeg"
import { Effect, Fiber, Option, type Scope } from "effect"
import { boxSource } from "./boxSource.ts"
import type { Structure } from "./structure.ts"
import { type Track, tryAhead } from "./tryDecoders.ts"

/** Files with one fragment per frame have too many boxes. FFmpeg reads them faster. */
const TIMEOUT = "5 seconds"

/** The tracks of a file by its boxes; empty if they are not known. */
export type Packets = Effect.Effect<ReadonlyArray<Mp4Packets.TrackPackets>>

/** Reads facts from the boxes of a local MP4 file. Empty for any other input. */
const inBoxes = <A, E>(
  input: MediaInput,
  find: (file: Mp4Packets.Source) => Effect.Effect<Option.Option<ReadonlyArray<A>>, E>
): Effect.Effect<ReadonlyArray<A>> =>
  Effect.gen(function* () {
    if (!("path" in input)) return []
    const found = yield* find(boxSource(yield* InputBytes.open(input)))
    return Option.getOrElse(found, () => [])
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => [])
  )

/** Nothing if it takes too long. */
const inTime = <A>(found: Effect.Effect<ReadonlyArray<A>>): Effect.Effect<ReadonlyArray<A>> =>
  Effect.timeoutTo(found, { duration: TIMEOUT, onSuccess: (all) => all, onTimeout: () => [] })

/** The tracks that are certainly chosen: the only one of each kind. */
const certain = (kinds: ReadonlyArray<Mp4Packets.TrackPackets["kind"]>): ReadonlyArray<Track> => {
  const tracks = kinds.flatMap((kind, index) => (kind === "other" ? [] : [{ index, kind, start: 0 }]))
  return new Set(tracks.map(({ kind }) => kind)).size === tracks.length ? tracks : []
}

/**
 * The results that are ready while ffprobe still reads the headers. Both are empty when nothing is known in advance.
 */
export interface Ahead {
  readonly boxes: Packets
  /** Tracks that yield a frame. */
  readonly proven: Effect.Effect<ReadonlyArray<Track>>
}

/**
 * Begins to read the boxes and to decode the first frames, until the scope ends. The header alone names the tracks. Packets that
 * are given are waited for, and the boxes are not read. ffprobe itself decodes the frames of a fragmented file.
 */
export const lookAhead = (
  input: MediaInput,
  structure: Structure,
  packets: Packets = inTime(inBoxes(input, Mp4Packets.packetsOf))
): Effect.Effect<Ahead, never, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { engine } = yield* Ffmpeg
    const boxes = yield* Effect.forkScoped(packets)
    // Programs run side by side. The engine in WebAssembly has one worker.
    if (engine !== "native" || structure === "fragmented") {
      return { boxes: Fiber.join(boxes), proven: Effect.succeed([]) }
    }
    const trying = yield* Effect.forkScoped(
      Effect.flatMap(inTime(inBoxes(input, Mp4Packets.kindsOf)), (kinds) => tryAhead(input, certain(kinds)))
    )
    return { boxes: Fiber.join(boxes), proven: Fiber.join(trying) }
  })
