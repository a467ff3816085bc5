import { Mp4Packets } from "@runner-connector/core"
import { Ffmpeg, InputBytes, type MediaInput } from "@runner-connector/ffmpeg"
import { Effect, Fiber, Option, type Scope } from "effect"
import { boxSource } from "./boxSource.ts"
import { type Track, tryAhead } from "./tryDecoders.ts"

/** Files with one fragment per frame have too many boxes. FFmpeg reads them faster. */
const TIMEOUT = "5 seconds"

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
    Effect.timeout(TIMEOUT),
    Effect.orElseSucceed(() => [])
  )

/** The tracks that are certainly chosen: the only one of each kind. */
const certain = (kinds: ReadonlyArray<Mp4Packets.TrackPackets["kind"]>): ReadonlyArray<Track> => {
  const tracks = kinds.flatMap((kind, index) => (kind === "other" ? [] : [{ index, kind, start: 0 }]))
  return new Set(tracks.map(({ kind }) => kind)).size === tracks.length ? tracks : []
}

/**
 * The results that are ready while ffprobe still reads the headers. Both are empty when nothing is known in advance.
 */
export interface Ahead {
  readonly boxes: Effect.Effect<ReadonlyArray<Mp4Packets.TrackPackets>>
  /** Tracks that yield a frame. */
  readonly proven: Effect.Effect<ReadonlyArray<Track>>
}

/** Begins to read the boxes and to decode the first frames, until the scope ends. The header alone names the tracks. */
export const lookAhead = (input: MediaInput): Effect.Effect<Ahead, never, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { engine } = yield* Ffmpeg
    const boxes = yield* Effect.forkScoped(inBoxes(input, Mp4Packets.packetsOf))
    // Programs run side by side. The engine in WebAssembly has one worker.
    if (engine !== "native") return { boxes: Fiber.join(boxes), proven: Effect.succeed([]) }
    const trying = yield* Effect.forkScoped(
      Effect.flatMap(inBoxes(input, Mp4Packets.kindsOf), (kinds) => tryAhead(input, certain(kinds)))
    )
    return { boxes: Fiber.join(boxes), proven: Fiber.join(trying) }
  })
