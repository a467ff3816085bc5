import type { PgClient } from "@effect/sql-pg"
import type { JobQueue, JobStore, Persistence, RunnerStore, UploadStore, VideoStore } from "@runner-connector/core"
import { Layer } from "effect"
import { assertMigrated, migrate, type SchemaVersionMismatch } from "./migrate.ts"
import * as SqlJobQueue from "./SqlJobQueue.ts"
import * as SqlJobStore from "./SqlJobStore.ts"
import * as SqlRunnerStore from "./SqlRunnerStore.ts"
import * as SqlUploadStore from "./SqlUploadStore.ts"
import * as SqlVideoStore from "./SqlVideoStore.ts"

export { migrate, SchemaVersionMismatch } from "./migrate.ts"

/** The four stores and the job queue. */
export type Stores =
  | JobStore.JobStore
  | JobQueue.JobQueue
  | RunnerStore.RunnerStore
  | UploadStore.UploadStore
  | VideoStore.VideoStore

const stores: Layer.Layer<Stores, never, PgClient.PgClient> = Layer.mergeAll(
  SqlJobStore.layer,
  SqlJobQueue.layer,
  SqlRunnerStore.layer,
  SqlUploadStore.layer,
  SqlVideoStore.layer
)

/**
 * The stores in the schema `runner_connector`. Brings the tables up to date first. Fails when the tables are newer than
 * the program.
 */
export const layer: Layer.Layer<Stores, Persistence.PersistenceError | SchemaVersionMismatch, PgClient.PgClient> =
  Layer.provide(stores, Layer.effectDiscard(migrate))

/**
 * The same for those who run `migrate` apart, for instance with a database user who may not change tables: the tables
 * must have the version of this program already.
 */
export const layerWithoutMigrations: Layer.Layer<
  Stores,
  Persistence.PersistenceError | SchemaVersionMismatch,
  PgClient.PgClient
> = Layer.provide(stores, Layer.effectDiscard(assertMigrated))
