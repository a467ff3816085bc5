import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { eventually } from "@runner-connector/contracts"
import { Clock, Context, Duration, Effect, Layer, Logger, TestClock } from "effect"
import { DatabaseClock, SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const { database } = usePostgres()

const HOUR = Duration.toMillis("1 hour")

/** The clock of a test machine stands, so the real time of a test adds to the difference. */
const TOLERANCE = Duration.toMillis("90 seconds")

const databaseTime = Effect.flatMap(PgClient.PgClient, (sql) =>
  Effect.map(
    sql<{ readonly millis: number }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS millis`,
    ([row]) => row?.millis ?? 0
  )
)

/** How far Effect's clock is ahead of the database's, in milliseconds. */
const difference = Effect.zipWith(Clock.currentTimeMillis, databaseTime, (now, there) => now - there)

const assertClose = (millis: number): void => assert.isBelow(Math.abs(millis), TOLERANCE, `${millis} ms`)

/** Sets the clock of this test machine at a distance from the true time. */
const machineAt = (offset: number) => Effect.flatMap(databaseTime, (now) => TestClock.setTime(Math.round(now) + offset))

/** The clock of a machine that is so many milliseconds ahead, and does not stand. */
const ahead = (offset: number): Clock.Clock => {
  const real = Clock.make()
  return Object.assign(Object.create(real), {
    unsafeCurrentTimeMillis: () => real.unsafeCurrentTimeMillis() + offset,
    unsafeCurrentTimeNanos: () => real.unsafeCurrentTimeNanos() + BigInt(offset) * 1_000_000n
  })
}

describe("the clock of the database", () => {
  for (const offset of [HOUR, -HOUR, 3 * 60_000, 0]) {
    it.effect(`is Effect's clock on a machine that is ${offset / 60_000} minutes ahead`, () =>
      Effect.gen(function* () {
        yield* machineAt(offset)
        assertClose((yield* difference) - offset)
        assertClose(yield* Effect.provide(difference, DatabaseClock.layer))
        assertClose(yield* Effect.provide(Effect.flatten(Effect.fork(difference)), DatabaseClock.layer))
      }).pipe(Effect.provide(database))
    )
  }

  it.effect("comes with the stores, also in the runtime of layers built upon them", () =>
    Effect.gen(function* () {
      yield* machineAt(HOUR)
      class Upon extends Context.Tag("test/Upon")<Upon, Effect.Effect<number, unknown>>() {}
      const upon = Layer.effect(
        Upon,
        Effect.map(Effect.runtime<PgClient.PgClient>(), (runtime) => Effect.provide(difference, runtime))
      )
      for (const stores of [SqlStores.layer, SqlStores.layerWithoutMigrations]) {
        assertClose(yield* Effect.flatten(Effect.provide(Upon, Layer.provide(upon, stores))))
      }
    }).pipe(Effect.provide(database))
  )

  it.effect("is measured again every ten seconds, so that it follows when one of the clocks jumps", () =>
    Effect.gen(function* () {
      yield* machineAt(0)
      const machine = yield* TestClock.testClock()
      yield* Effect.gen(function* () {
        yield* machine.setTime(machine.unsafeCurrentTimeMillis() + Duration.toMillis("2 minutes"))
        // A measurement may be under way at the jump, so time passes until the next one.
        const later = Effect.zipRight(machine.adjust("1 second"), difference)
        yield* eventually(later, (millis) => Math.abs(millis) < TOLERANCE)
      }).pipe(Effect.provide(DatabaseClock.layer))
    }).pipe(Effect.provide(database))
  )

  it.effect("is compared with the machine's at the start, and a difference is reported", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const recording = Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ message }) => lines.push(String(message)))
      )
      const started = Effect.provide(Effect.void, Layer.provide(DatabaseClock.layer, recording))
      yield* Effect.withClock(started, ahead(0))
      assert.deepStrictEqual(lines, [])
      yield* Effect.withClock(started, ahead(HOUR))
      assert.match(
        lines.join("\n"),
        /^The clock of this machine is (?:3600|3599)(?:\.\d)? seconds ahead of the clock of the/
      )
      yield* Effect.withClock(started, ahead(-HOUR))
      assert.match(lines.join("\n"), /is (?:3600|3599)(?:\.\d)? seconds behind the clock of the database/)
    }).pipe(Effect.provide(database))
  )
})
