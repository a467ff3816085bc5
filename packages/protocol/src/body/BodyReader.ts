import { Effect, Option } from "effect"
import { MalformedBody } from "../http/ProtocolErrors.ts"

/**
 * The bytes of a body as its server delivers them. Nothing is read before the first call. Bytes are valid until the next call of
 * `ready` or `read`, which may take their memory back: copy what is needed longer.
 */
export interface BodyReader {
  /** Bytes that have arrived, or none at the end. Undefined: `read` waits for them. */
  readonly ready: () => Option.Option<Uint8Array> | undefined
  /** Waits for the next bytes, or none at the end. Fails when the sender disconnects. */
  readonly read: Effect.Effect<Option.Option<Uint8Array>, MalformedBody>
  /** Ends a waiting `read` with none. No more bytes are read. */
  readonly cancel: Effect.Effect<void>
  /** True when reading began and did not reach the end. */
  readonly isUnfinished: () => boolean
}

/** The error of a body whose sender has disconnected. */
export const brokenOff = (): MalformedBody => new MalformedBody({ reason: "The body breaks off" })

/** The body of a web-standard request. */
export const ofRequest = (request: Request): BodyReader => {
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
  return {
    ready: () => undefined,
    read: Effect.tryPromise({ try: read, catch: brokenOff }),
    cancel: Effect.promise(async () => reader?.cancel().catch(() => undefined)),
    isUnfinished: () => reader !== undefined && !isDone
  }
}
