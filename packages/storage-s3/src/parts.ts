import { Effect, Option, type Scope, Stream } from "effect"

/** Cuts a stream into parts of this size. Only the last one may be smaller. Copies the bytes on arrival. */
export const partsOf =
  (size: number) =>
  <E, R>(content: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E, R> =>
    Stream.suspend(() => {
      let part = new Uint8Array(0)
      let filled = 0
      const take = (chunk: Uint8Array): ReadonlyArray<Uint8Array> => {
        const full: Array<Uint8Array> = []
        for (let taken = 0; taken < chunk.length; ) {
          part = grown(part, Math.min(size, filled + chunk.length - taken), size, filled)
          const bytes = chunk.subarray(taken, taken + part.length - filled)
          part.set(bytes, filled)
          filled += bytes.length
          taken += bytes.length
          if (filled < size) continue
          full.push(part)
          part = new Uint8Array(0)
          filled = 0
        }
        return full
      }
      const rest = Stream.suspend(() => (filled === 0 ? Stream.empty : Stream.make(part.subarray(0, filled))))
      return Stream.concat(
        // One chunk at a time: a chunk of parts would hold them all.
        Stream.mapConcat(Stream.rechunk(content, 1), take),
        rest
      )
    })

/** A buffer with room for so many bytes. Doubles, so that small files take little memory. */
const grown = (part: Uint8Array, needed: number, most: number, filled: number): Uint8Array<ArrayBuffer> => {
  if (part.length >= needed) return part as Uint8Array<ArrayBuffer>
  const larger = new Uint8Array(Math.min(most, Math.max(needed, part.length * 2)))
  larger.set(part.subarray(0, filled))
  return larger
}

/** A stream of which the first two parts have been read. */
interface LookedAt<E, R> {
  /** Whether there is no second part. */
  readonly isSingle: boolean
  /** The first part. Empty when there is none. */
  readonly first: () => Uint8Array
  /** All parts. Can be read once: a part that has been passed on is not held any longer. */
  readonly all: Stream.Stream<Uint8Array, E, R>
}

/** Reads two parts of a stream to learn whether it has more than one. */
export const lookAhead = <E, R>(
  parts: Stream.Stream<Uint8Array, E, R>
): Effect.Effect<LookedAt<E, R>, E, R | Scope.Scope> =>
  Effect.gen(function* () {
    const pull = yield* Stream.toPull(parts)
    const read: Array<Uint8Array> = []
    const next = Effect.matchEffect(pull, {
      onSuccess: (chunk) => Effect.succeed(read.push(...chunk) >= 2),
      onFailure: Option.match({ onNone: () => Effect.succeed(true), onSome: Effect.fail })
    })
    while (!(yield* next));
    const rest = Stream.repeatEffectChunkOption(pull)
    const begin = Stream.repeatEffectOption(
      Effect.suspend(() => Effect.mapError(Effect.fromNullable(read.shift()), () => Option.none<E>()))
    )
    return {
      isSingle: read.length < 2,
      first: () => read[0] ?? new Uint8Array(0),
      all: Stream.concat(begin, rest)
    }
  })
