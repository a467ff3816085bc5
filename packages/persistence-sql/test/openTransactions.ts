import { PgClient } from "@effect/sql-pg"
import { Deferred, Effect, Fiber, Layer, type Redacted } from "effect"

/** A client beside the one of the stores, in the same database. */
export const bystander = Effect.gen(function* () {
  const { config } = yield* PgClient.PgClient
  return yield* Layer.build(
    PgClient.layer({ url: config.url as Redacted.Redacted<string>, maxConnections: 3, applicationName: "bystander" })
  )
}).pipe(
  Effect.map((context) => Effect.provide(PgClient.PgClient, context)),
  Effect.flatten
)

/** Sessions of this database that wait for a lock. */
export const waiting = "datname = current_database() AND wait_event_type = 'Lock'"

/** Runs the effect in a fiber, as far as its statement waits for a lock. */
export const forkUntilItWaits = <A, E, R>(sql: PgClient.PgClient, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    const itWaits = sql`SELECT 1 FROM pg_stat_activity WHERE ${sql.literal(waiting)}`.pipe(
      Effect.repeat({ until: (rows) => rows.length > 0 })
    )
    yield* Effect.raceFirst(itWaits, Fiber.await(fiber))
    return fiber
  })

/**
 * Locks the row of a job in a transaction of somebody else's, runs `meanwhile`, and then `last` in that transaction.
 * The transaction has a fiber of its own: a store that is called within one takes part in it.
 */
export const withLockedJob = <A, B, E>(
  sql: PgClient.PgClient,
  job: { readonly id: string },
  meanwhile: Effect.Effect<A, E>,
  last: Effect.Effect<B, E> = Effect.succeed(undefined as B)
) =>
  Effect.gen(function* () {
    const locked = yield* Deferred.make<void>()
    const over = yield* Deferred.make<void>()
    const holder = yield* Effect.gen(function* () {
      yield* sql`SELECT 1 FROM runner_connector.runner_job WHERE id = ${job.id} FOR UPDATE`
      yield* Deferred.succeed(locked, undefined)
      yield* Deferred.await(over)
      yield* last
    }).pipe(sql.withTransaction, Effect.fork)
    yield* Effect.raceFirst(Deferred.await(locked), Fiber.join(holder))
    const result = yield* meanwhile
    yield* Deferred.succeed(over, undefined)
    yield* Fiber.join(holder)
    return result
  })
