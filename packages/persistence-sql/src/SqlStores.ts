import { PgClient } from "@effect/sql-pg"
import { type Stores as CoreStores, EventStore, type Persistence } from "@runner-connector/core"
import { Effect, Layer } from "effect"
import * as DatabaseClock from "./DatabaseClock.ts"
import { EventsWritten, makeEventHints } from "./EventHints.ts"
import * as HostTransactions from "./hostTransaction.ts"
import { assertMigrated, migrate, type SchemaVersionMismatch } from "./migrate.ts"
import { adoptRestoredLog } from "./restoredLog.ts"
import * as SqlEventConsumers from "./SqlEventConsumers.ts"
import * as SqlEventStore from "./SqlEventStore.ts"
import * as SqlFleetStore from "./SqlFleetStore.ts"
import * as SqlJobQueue from "./SqlJobQueue.ts"
import * as SqlJobStore from "./SqlJobStore.ts"
import * as SqlMediaReportStore from "./SqlMediaReportStore.ts"
import * as SqlOverviewStore from "./SqlOverviewStore.ts"
import * as SqlPresenceStore from "./SqlPresenceStore.ts"
import * as SqlRunnerStore from "./SqlRunnerStore.ts"
import * as SqlSessionStore from "./SqlSessionStore.ts"
import * as SqlUploadStore from "./SqlUploadStore.ts"
import * as SqlVideoStore from "./SqlVideoStore.ts"
import * as SqlWebhookStore from "./SqlWebhookStore.ts"
import * as Snapshots from "./snapshot.ts"

export { assertMigrated, migrate, SchemaVersionMismatch } from "./migrate.ts"
export { PreparedStatements } from "./prepared.ts"

/** The stores, the outbox and the job queue. */
export type Stores = CoreStores.Stores

/**
 * The stores alone, on tables that are there already. Writes wake the readers of events in all processes. The host
 * provides the clock, such as `DatabaseClock.layer`: servers of one installation must share it. Use cases learn of
 * transactions of the host on the same client, by `HostTransaction`. Reads can share a `Snapshot`.
 */
export const layerStores: Layer.Layer<Stores, never, PgClient.PgClient> = Layer.unwrapScoped(
  Effect.gen(function* () {
    const { hints, written } = yield* makeEventHints(yield* PgClient.PgClient)
    return Layer.mergeAll(
      HostTransactions.layer,
      Snapshots.layer,
      SqlJobStore.layer,
      SqlJobQueue.layer,
      SqlRunnerStore.layer,
      SqlFleetStore.layer,
      SqlPresenceStore.layer,
      SqlOverviewStore.layer,
      SqlSessionStore.layer,
      SqlUploadStore.layer,
      SqlVideoStore.layer,
      SqlMediaReportStore.layer,
      SqlEventConsumers.layer,
      SqlWebhookStore.layer,
      Layer.effect(EventStore.EventStore, SqlEventStore.make(hints))
    ).pipe(Layer.provide(Layer.succeed(EventsWritten, written)))
  })
)

type Failure = Persistence.PersistenceError | SchemaVersionMismatch

const layerAfter = (
  check: Effect.Effect<void, Failure, PgClient.PgClient>
): Layer.Layer<Stores, Failure, PgClient.PgClient> =>
  layerStores.pipe(
    Layer.merge(DatabaseClock.layer),
    Layer.provide(Layer.effectDiscard(Effect.zipRight(check, adoptRestoredLog)))
  )

/**
 * The stores in the schema `runner_connector`, and the clock of the database as Effect's clock. Brings the tables up to
 * date first. Fails when the tables are newer than the program.
 */
export const layer: Layer.Layer<Stores, Failure, PgClient.PgClient> = layerAfter(migrate)

/**
 * The same for hosts that run `migrate` separately, for instance with a database user who may not change tables: the
 * tables must have the version of this program already.
 */
export const layerWithoutMigrations: Layer.Layer<Stores, Failure, PgClient.PgClient> = layerAfter(assertMigrated)
