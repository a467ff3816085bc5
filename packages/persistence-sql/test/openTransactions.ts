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
 * Runs `first` in a transaction, then `meanwhile` while that is open, and at last `last` in it.
 * The transaction has a fiber of its own: a store that is called within one takes part in it.
 */
const whileOpen = <A, B, C, E, F, R>(
  sql: PgClient.PgClient,
  first: Effect.Effect<A, E, R>,
  meanwhile: (held: A) => Effect.Effect<B, F, R>,
  last: Effect.Effect<C, E, R>
) =>
  Effect.gen(function* () {
    const held = yield* Deferred.make<A>()
    const over = yield* Deferred.make<void>()
    const holder = yield* first.pipe(
      Effect.tap((value) => Deferred.succeed(held, value)),
      Effect.zipRight(Deferred.await(over)),
      Effect.zipRight(last),
      sql.withTransaction,
      Effect.fork
    )
    const failed = Effect.zipRight(Fiber.join(holder), Effect.die("The transaction has ended"))
    const result = yield* Effect.flatMap(Effect.raceFirst(Deferred.await(held), failed), meanwhile)
    yield* Deferred.succeed(over, undefined)
    yield* Fiber.join(holder)
    return result
  })

/** Locks the row of a job in a transaction of somebody else's, runs `meanwhile`, and then `last` in that transaction. */
export const withLockedJob = <A, B, E>(
  sql: PgClient.PgClient,
  job: { readonly id: string },
  meanwhile: Effect.Effect<A, E>,
  last: Effect.Effect<B, E> = Effect.succeed(undefined as B)
) => {
  const lock = Effect.orDie(sql`SELECT 1 FROM runner_connector.runner_job WHERE id = ${job.id} FOR UPDATE`)
  return whileOpen(sql, lock, () => meanwhile, last)
}

/**
 * Runs `first`, and `second` on another connection, which begins before the transaction of `first` ends and has to wait for
 * its end. Returns both results.
 */
export const inTurn = <A, B, E, F, R>(first: Effect.Effect<A, E, R>, second: Effect.Effect<B, F, R>) =>
  Effect.gen(function* () {
    const watcher = yield* bystander
    const begin = (value: A) =>
      Effect.map(forkUntilItWaits(watcher, Effect.either(second)), (fiber) => ({ value, fiber }))
    const { fiber, value } = yield* whileOpen(yield* PgClient.PgClient, first, begin, Effect.void)
    return [value, yield* Fiber.join(fiber)] as const
  })
