import { Clock, Duration, Effect, Ref, Schedule } from "effect"
import { JobFailed } from "../JobType.ts"

/** Servers end a live stream after 30 s without an update. With this interval, two heartbeats may be lost. */
const SIGN_AFTER = Duration.seconds(10)

/**
 * Maximum time without segments. A source can hang forever with an open connection, and heartbeats must not hide that.
 * Starting, or a short interruption at the source, takes less time.
 */
const LIMIT = Duration.minutes(1)

/** Monitors how long a live stream has produced no segment. */
export interface Silence {
  /** Records that a segment has reached the server. */
  readonly broken: Effect.Effect<void>
  /** Fails when the live stream has produced no segment for a minute. */
  readonly watch: <E, R>(signOfLife: Effect.Effect<void, E, R>) => Effect.Effect<never, E | JobFailed, R>
}

/**
 * Monitors a live stream. Segments replace heartbeats, and the official runner sends none in a live stream. Before the
 * first segment, the source is probed, connected to again, and played for the duration of a segment. Long segments or a
 * pausing source can exceed the silence that servers allow. Therefore a heartbeat is sent after every ten seconds
 * without a segment.
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
        return yield* new JobFailed({ message: `The live stream produced no segment for ${Duration.format(LIMIT)}` })
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
