import { Mp4Packets } from "@runner-connector/core"
import { Ffmpeg, InputBytes, type MediaInput } from "@runner-connector/ffmpeg"
import { Effect, Fiber, Option, type Scope } from "effect"
import { boxSource } from "./boxSource.ts"
import { type Track, tryAhead } from "./tryDecoders.ts"

/** Files with one fragment per frame have too many boxes. FFmpeg reads them faster. */
const TIMEOUT = "5 seconds"

/** The facts about the tracks of a local MP4 file, from its boxes. Empty for any other input. */
const lookAtBoxes = (input: MediaInput): Effect.Effect<ReadonlyArray<Mp4Packets.TrackPackets>> =>
  Effect.gen(function* () {
    if (!("path" in input)) return []
    const found = yield* Mp4Packets.packetsOf(boxSource(yield* InputBytes.open(input)))
    return Option.getOrElse(found, () => [])
  }).pipe(
    Effect.scoped,
    Effect.timeout(TIMEOUT),
    Effect.orElseSucceed(() => [])
  )

/** The tracks that are certainly chosen: the only one of each kind. */
const certain = (boxes: ReadonlyArray<Mp4Packets.TrackPackets>): ReadonlyArray<Track> => {
  const tracks = boxes.flatMap(({ kind }, index) => (kind === "other" ? [] : [{ index, kind, start: 0 }]))
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

/** Begins to read the boxes, and then to decode the first frames, until the scope ends. */
export const lookAhead = (input: MediaInput): Effect.Effect<Ahead, never, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { engine } = yield* Ffmpeg
    const boxes = yield* Effect.forkScoped(lookAtBoxes(input))
    // Programs run side by side. The engine in WebAssembly has one worker.
    if (engine !== "native") return { boxes: Fiber.join(boxes), proven: Effect.succeed([]) }
    const trying = yield* Effect.forkScoped(
      Effect.flatMap(Fiber.join(boxes), (found) => tryAhead(input, certain(found)))
    )
    return { boxes: Fiber.join(boxes), proven: Fiber.join(trying) }
  })
