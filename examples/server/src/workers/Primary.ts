import cluster from "node:cluster"
import { Path } from "@effect/platform"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Deferred, Duration, Effect, Option, Redacted, type Scope } from "effect"
import { Settings } from "../Settings.ts"
import { makeCrew } from "./crew.ts"
import type { WorkerFailed } from "./supervise.ts"

/** The embedded PostgreSQL allows 100 connections. Some are left for tools. */
const CONNECTIONS = 90

/** Connections of a worker beside its pool: the notifier listens on one and sends on the other. */
const NOTIFIER_CONNECTIONS = 2

/** The database of all workers, and an effect that fails when it is lost for good. */
const database = Effect.gen(function* () {
  const { databasePoolSize, databaseUrl, dataDir, workers } = yield* Settings
  if (Option.isSome(databaseUrl)) return { env: {}, lost: Effect.never }
  const path = yield* Path.Path
  const { failed, url } = yield* EmbeddedPostgres.start({ directory: path.resolve(dataDir, "postgres") })
  const poolSize = Math.max(1, Math.min(databasePoolSize, Math.floor(CONNECTIONS / workers) - NOTIFIER_CONNECTIONS))
  return { env: { DATABASE_URL: Redacted.value(url), DATABASE_POOL_SIZE: String(poolSize) }, lost: failed }
})

type Failure = EmbeddedPostgres.EmbeddedPostgresError | WorkerFailed

/**
 * Runs the server in several worker processes that share its port. This process accepts connections and gives them to the
 * workers in turn, owns the embedded database, replaces workers that end, and stops them in order. Fails when a worker
 * cannot start, or when the database is lost.
 */
export const run: Effect.Effect<never, Failure, Settings | Path.Path | Scope.Scope> = Effect.gen(function* () {
  const { shutdownDelay, shutdownTimeout, workers } = yield* Settings
  const { env, lost } = yield* database
  cluster.setupPrimary({ exec: process.argv[1] ?? "", args: [] })
  cluster.schedulingPolicy = cluster.SCHED_RR
  const failed = yield* Deferred.make<never, WorkerFailed>()
  const crew = yield* makeCrew({
    env,
    stopWithin: Duration.sum(Duration.sum(shutdownDelay, shutdownTimeout), Duration.seconds(10)),
    onFailure: (error) => Effect.asVoid(Deferred.fail(failed, error))
  })
  // The first worker creates tables and secrets, which the others then find.
  yield* Effect.raceFirst(crew.start(0), Deferred.await(failed))
  const others = Array.from({ length: workers - 1 }, (_, index) => crew.start(index + 1))
  yield* Effect.raceFirst(Effect.all(others, { concurrency: "unbounded", discard: true }), Deferred.await(failed))
  yield* Effect.logInfo(`${workers} worker processes serve requests`)
  return yield* Effect.raceFirst(lost, Deferred.await(failed))
})
