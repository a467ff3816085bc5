import type { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { Array as Arr, Clock, Duration, Effect, Layer, Number as Num, Order, Schedule } from "effect"
import { persist, repeatable } from "./persist.ts"

/** The offset of the database's clock from the monotonic clock of this machine, in nanoseconds. */
interface Measurement {
  readonly offset: bigint
  /** Its error is at most half of this. */
  readonly roundTrip: bigint
}

/** The shortest round trip of several tells the offset best. */
const SAMPLES = 3

const INTERVAL = Duration.seconds(10)

/** A larger difference between the clocks is reported at the start. */
const REPORTED = Duration.seconds(1)

const abs = (value: bigint): bigint => (value < 0n ? -value : value)

const byRoundTrip = Order.mapInput(Order.bigint, ({ roundTrip }: Measurement) => roundTrip)

/** Microseconds since 1970 fit into a double exactly until the year 2255. */
const measureOnce = (sql: PgClient.PgClient): Effect.Effect<Measurement, SqlError> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const before = clock.unsafeCurrentTimeNanos()
    const rows = yield* sql<{ readonly micros: number }>`SELECT
      (extract(epoch FROM clock_timestamp()) * 1000000)::float8 AS micros`
    const after = clock.unsafeCurrentTimeNanos()
    const database = BigInt(Math.round(Number(rows[0]?.micros))) * 1000n
    return { offset: database - (before + after) / 2n, roundTrip: after - before }
  })

const measure = (sql: PgClient.PgClient): Effect.Effect<Measurement, Persistence.PersistenceError> =>
  Effect.replicateEffect(measureOnce(sql), SAMPLES).pipe(
    Effect.map((samples) => Arr.min(samples as Arr.NonEmptyArray<Measurement>, byRoundTrip)),
    persist("DatabaseClock.measure", repeatable)
  )

const report = ({ offset }: Measurement): Effect.Effect<void> => {
  const seconds = Num.round(Number(offset / 1_000_000n) / 1000, 1)
  return Math.abs(seconds) < Duration.toSeconds(REPORTED)
    ? Effect.void
    : Effect.logWarning(
        `The clock of this machine is ${Math.abs(seconds)} seconds ${seconds < 0 ? "ahead of" : "behind"} the clock of the database. The server uses the clock of the database`
      )
}

/** Steps of the machine's wall clock do not move this clock. Pauses are measured by the machine. */
const moved = (machine: Clock.Clock, offset: () => bigint): Clock.Clock => {
  const nanos = () => machine.unsafeCurrentTimeNanos() + offset()
  const millis = () => Number(nanos() / 1_000_000n)
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: millis,
    unsafeCurrentTimeNanos: nanos,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanos: Effect.sync(nanos),
    sleep: (duration) => machine.sleep(duration)
  }
}

/**
 * Replaces Effect's clock by the clock of the database, for everything that runs in the runtime of the layers to which this
 * layer is provided. Measures the offset at the start and every ten seconds, so the error is half of a round trip. Keeps
 * the last offset while the database is away.
 */
export const layer: Layer.Layer<never, Persistence.PersistenceError, PgClient.PgClient> = Layer.unwrapScoped(
  Effect.gen(function* () {
    const sql = (yield* PgClient.PgClient).withoutTransforms()
    const machine = yield* Effect.clock
    let current = yield* measure(sql)
    yield* report(current)
    const again = measure(sql).pipe(
      Effect.map((next) => {
        // A worse measurement that agrees with the last one would only add its error.
        const isWithinErrors = abs(next.offset - current.offset) <= (next.roundTrip + current.roundTrip) / 2n
        if (!isWithinErrors || next.roundTrip <= current.roundTrip) current = next
      }),
      Effect.catchAll((error) => Effect.logDebug("The clock of the database could not be read", error))
    )
    yield* Effect.forkScoped(Effect.schedule(again, Schedule.spaced(INTERVAL)))
    return Layer.setClock(moved(machine, () => current.offset))
  })
)
