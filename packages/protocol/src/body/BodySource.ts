import { Effect, Option } from "effect"
import { MalformedBody } from "../http/ProtocolErrors.ts"

/** The body of a request, pulled piece by piece: nothing is read before it is asked for. */
export interface BodySource {
  /** The next bytes, or none at the end. Fails when the sender goes away. */
  readonly next: Effect.Effect<Option.Option<Uint8Array>, MalformedBody>
  /**
   * Reads the rest and throws it away, so that the sender comes to listen to the answer. Gives up on a rest that takes
   * longer than half a minute.
   */
  readonly drain: Effect.Effect<void>
  /** Nobody wants the rest, nor listens any more. */
  readonly cancel: Effect.Effect<void>
  /** Whether reading was begun and not brought to the end: the connection then serves no further request. */
  readonly isUnfinished: () => boolean
}

const DRAIN_TIME = "30 seconds"

const brokenOff = () => new MalformedBody({ reason: "The body breaks off" })

export const make = (request: Request): BodySource => {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  let isDone = false

  const read = async (): Promise<Option.Option<Uint8Array>> => {
    if (isDone) return Option.none()
    reader ??= request.body?.getReader()
    const result = await reader?.read()
    if (result?.value !== undefined) return Option.some(result.value)
    isDone = true
    return Option.none()
  }

  const next = Effect.tryPromise({ try: read, catch: brokenOff })

  return {
    next,
    drain: next.pipe(Effect.repeat({ until: Option.isNone }), Effect.timeout(DRAIN_TIME), Effect.ignore),
    cancel: Effect.promise(async () => reader?.cancel().catch(() => undefined)),
    isUnfinished: () => reader !== undefined && !isDone
  }
}
