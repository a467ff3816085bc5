import type { PgClient } from "@effect/sql-pg"
import { JobQueue, RunnerJob, spanned } from "@runner-connector/core"
import { Effect, Layer, Schema } from "effect"
import { claimJobs } from "./claimQuery.ts"
import { raiseFloors } from "./floors.ts"
import { running } from "./limitQueries.ts"
import { hot, persist, RowError, repeatable } from "./persist.ts"
import { plainClient, preparedClient } from "./prepared.ts"
import { deleteFinished } from "./pruneJobs.ts"
import { selectAvailable, selectAvoiding } from "./queueQueries.ts"
import { jobRows } from "./rows.ts"

/** After so many claims of this process the floors are raised. */
const CLAIMS_PER_RAISE = 64

const { labels, requirements, type } = RunnerJob.RunnerJob.fields

const decodeAvailable = Schema.decodeUnknown(
  Schema.Array(Schema.Struct({ type, requirements, labels, jobs: Schema.Int, since: Schema.DateTimeUtcFromDate }))
)

/** The queue of pending jobs in the table `runner_connector.runner_job`, which must be there already. */
export const make: Effect.Effect<JobQueue.JobQueue["Type"], never, PgClient.PgClient> = Effect.gen(function* () {
  const sql = yield* plainClient
  const prepared = yield* preparedClient
  let claims = 0
  /** Claims do not depend on it: it only makes them cheaper. */
  const raise = persist("JobQueue.raiseFloors")(raiseFloors(sql)).pipe(
    Effect.catchAll((error) => Effect.logDebug("The floors of the queue could not be raised", error))
  )
  const raiseSometimes = Effect.suspend(() => {
    claims += 1
    return claims % CLAIMS_PER_RAISE === 0 ? raise : Effect.void
  })
  return JobQueue.JobQueue.of({
    claim: spanned("SqlJobQueue.claim")((query) => {
      if (query.types.length === 0) return Effect.succeed([])
      return Effect.zipLeft(
        persist("JobQueue.claim", hot)(Effect.flatMap(claimJobs(prepared, query), jobRows.decode)),
        raiseSometimes
      )
    }),
    prune: spanned("SqlJobQueue.prune")((before, limit) =>
      Effect.map(deleteFinished(sql, before, limit), (removed) => removed.length).pipe(
        persist("JobQueue.prune", repeatable)
      )
    ),
    running: persist("JobQueue.running", repeatable)(running(sql)),
    avoiding: persist("JobQueue.avoiding", repeatable)(Effect.flatMap(selectAvoiding(sql), jobRows.decode)),
    available: spanned("SqlJobQueue.available")((query) =>
      selectAvailable(sql, query).pipe(
        Effect.flatMap((rows) => Effect.mapError(decodeAvailable(rows), (cause) => new RowError({ cause }))),
        persist("JobQueue.available", repeatable)
      )
    )
  })
})

/** The job queue alone, on tables that are there already. */
export const layer: Layer.Layer<JobQueue.JobQueue, never, PgClient.PgClient> = Layer.effect(JobQueue.JobQueue, make)
