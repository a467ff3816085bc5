import type { PgClient } from "@effect/sql-pg"
import type { JobStore, Persistence, RunnerStore, VideoStore } from "@runner-connector/core"
import { Layer } from "effect"
import { assertMigrated, migrate, type SchemaVersionMismatch } from "./migrate.ts"
import * as SqlJobStore from "./SqlJobStore.ts"
import * as SqlRunnerStore from "./SqlRunnerStore.ts"
import * as SqlVideoStore from "./SqlVideoStore.ts"

export { migrate, SchemaVersionMismatch } from "./migrate.ts"

/** The three stores. */
export type Stores = JobStore.JobStore | RunnerStore.RunnerStore | VideoStore.VideoStore

const stores: Layer.Layer<Stores, never, PgClient.PgClient> = Layer.mergeAll(
  SqlJobStore.layer,
  SqlRunnerStore.layer,
  SqlVideoStore.layer
)

/**
 * The three stores in the schema `runner_connector`, after migrating its tables. A program that is older than the
 * tables refuses to start.
 */
export const layer: Layer.Layer<Stores, Persistence.PersistenceError | SchemaVersionMismatch, PgClient.PgClient> =
  Layer.provide(stores, Layer.effectDiscard(migrate))

/**
 * The same for hosts that run `migrate` separately, for example with a database user who may not change tables. The
 * tables must have the version of this program.
 */
export const layerWithoutMigrations: Layer.Layer<
  Stores,
  Persistence.PersistenceError | SchemaVersionMismatch,
  PgClient.PgClient
> = Layer.provide(stores, Layer.effectDiscard(assertMigrated))
