import { Clock, Effect, Fiber, Option } from "effect"
import { BodyStalled, type MalformedBody, Overloaded } from "../http/ProtocolErrors.ts"
import type { BodyReader } from "./BodyReader.ts"
import * as Pace from "./Pace.ts"
import type { Meter } from "./UnauthenticatedBytes.ts"

/** The errors of reading a body. */
export type ReadError = MalformedBody | BodyStalled | Overloaded

/** The body of a request, pulled piece by piece. Nothing is read before `next`. */
export interface BodySource {
  /**
   * The next bytes, or none at the end. Fails when the sender disconnects or sends too slowly. As with `BodyReader`, bytes are
   * valid until the next call.
   */
  readonly next: Effect.Effect<Option.Option<Uint8Array>, ReadError>
  /** Stops counting the body as unauthenticated. From here on it may take any time at the least rate. */
  readonly authenticate: Effect.Effect<void>
  /** Discards the rest, so that the sender reads the answer. Gives up after 30 seconds. */
  readonly drain: Effect.Effect<void>
  /** Cancels the body. */
  readonly cancel: Effect.Effect<void>
  /** Ends what watches the body. */
  readonly close: Effect.Effect<void>
  /** True when reading began and did not reach the end. The connection then serves no further request. */
  readonly isUnfinished: () => boolean
}

const DRAIN_TIME = "30 seconds"

/** Waits until the sender is too slow. */
const untilStalled = (pace: Pace.Pace) =>
  Effect.gen(function* () {
    while (true) {
      const left = pace.left(yield* Clock.currentTimeMillis)
      if (left <= 0) return
      yield* Effect.sleep(left)
    }
  })

/** Watches the pace from the first time that the server waits for the sender: most bodies arrive with the head. */
const makeWatch = (pace: Pace.Pace, onStall: Effect.Effect<void>) => {
  let watching: Fiber.RuntimeFiber<void> | undefined
  return {
    begin: Effect.suspend(() =>
      watching === undefined
        ? Effect.map(Effect.forkDaemon(Effect.zipRight(untilStalled(pace), onStall)), (fiber) => {
            watching = fiber
          })
        : Effect.void
    ),
    end: (): Effect.Effect<void> => (watching === undefined ? Effect.void : Fiber.interruptFork(watching))
  }
}

/** Discards the rest of a body. */
const drainOf = ({ read, ready }: BodyReader): Effect.Effect<void> =>
  Effect.suspend(() => {
    const chunk = ready()
    return chunk === undefined ? read : Effect.succeed(chunk)
  }).pipe(Effect.repeat({ until: Option.isNone }), Effect.timeout(DRAIN_TIME), Effect.ignore)

/** Counts the bytes of a sender who is not known yet. */
const metered = (chunk: Option.Option<Uint8Array>, meter: Option.Option<Meter>): BodySource["next"] => {
  if (Option.isNone(chunk) || Option.isNone(meter) || meter.value.take(chunk.value.length)) return Effect.succeed(chunk)
  return new Overloaded()
}

/** Reads the body of a request. Requires `close` after the request. */
export const make = (reader: BodyReader, meter: Option.Option<Meter>): BodySource => {
  const pace = Pace.make()
  const release = (): void => Option.getOrUndefined(meter)?.release()
  let isStalled = false
  const watch = makeWatch(
    pace,
    Effect.suspend(() => {
      isStalled = true
      return reader.cancel
    })
  )

  const account = (chunk: Option.Option<Uint8Array>, now: number): BodySource["next"] => {
    pace.end(now, Option.isSome(chunk) ? chunk.value.length : 0)
    if (isStalled) return new BodyStalled()
    return pace.isAuthenticated() ? Effect.succeed(chunk) : metered(chunk, meter)
  }

  const wait = (clock: Clock.Clock) =>
    Effect.flatMap(Effect.zipRight(watch.begin, reader.read), (chunk) =>
      account(chunk, clock.unsafeCurrentTimeMillis())
    )

  return {
    next: Effect.clockWith((clock) => {
      const now = clock.unsafeCurrentTimeMillis()
      pace.begin(now)
      const chunk = reader.ready()
      return chunk === undefined ? wait(clock) : account(chunk, now)
    }),
    authenticate: Effect.zipRight(Effect.sync(pace.authenticate), Effect.sync(release)),
    drain: Effect.suspend(() => (isStalled ? Effect.void : drainOf(reader))),
    cancel: reader.cancel,
    close: Effect.suspend(() => {
      release()
      return watch.end()
    }),
    isUnfinished: () => isStalled || reader.isUnfinished()
  }
}
