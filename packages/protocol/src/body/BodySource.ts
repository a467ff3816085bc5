import { Clock, Effect, Option, type Scope } from "effect"
import { BodyStalled, MalformedBody, type Overloaded } from "../http/ProtocolErrors.ts"
import * as Pace from "./Pace.ts"
import type { Meter } from "./UnauthenticatedBytes.ts"

/** The errors of reading a body. */
export type ReadError = MalformedBody | BodyStalled | Overloaded

/** The body of a request, pulled piece by piece. Nothing is read before `next`. */
export interface BodySource {
  /** The next bytes, or none at the end. Fails when the sender disconnects or sends too slowly. */
  readonly next: Effect.Effect<Option.Option<Uint8Array>, ReadError>
  /** Stops counting the body as unauthenticated. From here on it may take any time at the least rate. */
  readonly authenticate: Effect.Effect<void>
  /** Discards the rest, so that the sender reads the answer. Gives up after 30 seconds. */
  readonly drain: Effect.Effect<void>
  /** Cancels the body. */
  readonly cancel: Effect.Effect<void>
  /** True when reading began and did not reach the end. The connection then serves no further request. */
  readonly isUnfinished: () => boolean
}

const DRAIN_TIME = "30 seconds"

const brokenOff = () => new MalformedBody({ reason: "The body breaks off" })

const makeReader = (request: Request) => {
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
  const one = Effect.tryPromise({ try: read, catch: brokenOff })
  return {
    read: one,
    drain: one.pipe(Effect.repeat({ until: Option.isNone }), Effect.timeout(DRAIN_TIME), Effect.ignore),
    cancel: Effect.promise(async () => reader?.cancel().catch(() => undefined)),
    isUnfinished: () => reader !== undefined && !isDone
  }
}

/** Waits until the sender is too slow. */
const untilStalled = (pace: Pace.Pace) =>
  Effect.gen(function* () {
    while (true) {
      const left = pace.left(yield* Clock.currentTimeMillis)
      if (left <= 0) return
      yield* Effect.sleep(left)
    }
  })

/** Reads the body of a request. The scope ends with the request. */
export const make = (request: Request, meter: Option.Option<Meter>): Effect.Effect<BodySource, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const reader = makeReader(request)
    const pace = Pace.make()
    const release = Option.match(meter, { onNone: () => Effect.void, onSome: (one) => one.release })
    let isStalled = false

    const stall = Effect.suspend(() => {
      isStalled = true
      return reader.cancel
    })
    const watch = Effect.forkIn(Effect.zipRight(untilStalled(pace), stall), scope)

    const account = (chunk: Option.Option<Uint8Array>, now: number): BodySource["next"] => {
      const bytes = Option.match(chunk, { onNone: () => 0, onSome: ({ length }) => length })
      pace.end(now, bytes)
      if (isStalled) return new BodyStalled()
      if (Option.isNone(meter) || pace.isAuthenticated()) return Effect.succeed(chunk)
      return Effect.as(meter.value.take(bytes), chunk)
    }

    const next = Effect.clockWith((clock) => {
      // Not before the first read: hosts discard a body by themselves as long as nobody has touched it.
      const begun = pace.begin(clock.unsafeCurrentTimeMillis()) ? Effect.asVoid(watch) : Effect.void
      return Effect.flatMap(Effect.zipRight(begun, reader.read), (chunk) =>
        account(chunk, clock.unsafeCurrentTimeMillis())
      )
    })

    yield* Effect.addFinalizer(() => release)
    return {
      next,
      authenticate: Effect.zipRight(Effect.sync(pace.authenticate), release),
      drain: Effect.suspend(() => (isStalled ? Effect.void : reader.drain)),
      cancel: reader.cancel,
      isUnfinished: () => isStalled || reader.isUnfinished()
    }
  })
