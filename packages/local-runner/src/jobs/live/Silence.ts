import { Clock, Duration, Effect, Ref, Schedule } from "effect"
import { JobFailed } from "../JobType.ts"

/** Servers take a live for dead after 30 s; two signs may get lost. */
const SIGN_AFTER = Duration.seconds(10)

/**
 * A source can hang for ever with its connection open. Our signs must not hide that, or the job would hang as long;
 * a start, or a short interruption at the source, takes less.
 */
const LIMIT = Duration.minutes(1)

/** Watches over how long nothing has come of a live. */
export interface Silence {
  /** A segment has reached the server. */
  readonly broken: Effect.Effect<void>
  /** Fails when the live has been silent for a minute. */
  readonly watch: <E, R>(signOfLife: Effect.Effect<void, E, R>) => Effect.Effect<never, E | JobFailed, R>
}

/**
 * No heartbeat is needed while segments flow, and the real runner sends none in a live. But until the first segment is
 * there, the source is looked at, connected to again, and played for the length of a segment; with long ones, or a
 * source that pauses, that may last longer than the silence which servers allow. So a sign of life goes out after each
 * ten seconds in which no segment did.
 */
export const make: Effect.Effect<Silence> = Effect.gen(function* () {
  const started = yield* Clock.currentTimeMillis
  const segment = yield* Ref.make(started)
  const sign = yield* Ref.make(started)
  const look = <E, R>(signOfLife: Effect.Effect<void, E, R>) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const last = yield* Ref.get(segment)
      if (now - last >= Duration.toMillis(LIMIT)) {
        return yield* new JobFailed({ message: `Nothing came of the live for ${Duration.format(LIMIT)}` })
      }
      if (now - Math.max(last, yield* Ref.get(sign)) < Duration.toMillis(SIGN_AFTER)) return
      yield* Ref.set(sign, now)
      yield* signOfLife
    })
  return {
    broken: Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.set(segment, now)),
    watch: (signOfLife) =>
      Effect.repeat(look(signOfLife), Schedule.spaced("1 second")).pipe(Effect.zipRight(Effect.never))
  }
})
