import type { Statement } from "@effect/sql/Statement"
import { PgClient } from "@effect/sql-pg"
import {
  ConcurrencyLimits,
  type Ids,
  JobStore,
  type Persistence,
  type RunnerJob,
  spanned
} from "@runner-connector/core"
import { Array as Arr, Effect, Layer, Option } from "effect"
import { makeThenWake } from "./eventQueries.ts"
import { countPage, decodePage, selectPage } from "./jobLists.ts"
import {
  deleteJobs,
  insertJobs,
  selectFamily,
  selectOfVideo,
  selectSilent,
  updateBeat,
  updateJob,
  updateJobs
} from "./jobQueries.ts"
import { isLimited, keepWithin } from "./limitQueries.ts"
import { hot, persist, repeatable } from "./persist.ts"
import { preparedClient } from "./prepared.ts"
import { contactRows, jobRows } from "./rows.ts"

type Jobs = Effect.Effect<ReadonlyArray<RunnerJob.RunnerJob>, Persistence.PersistenceError>

const read = (operation: string, statement: Statement<object>, options = repeatable): Jobs =>
  persist(operation, options)(Effect.flatMap(statement, jobRows.decode))

const beat = (sql: PgClient.PgClient, heartbeat: JobStore.Heartbeat) =>
  Effect.flatMap(updateBeat(sql, heartbeat), (rows) =>
    Effect.map(contactRows.decode(rows), (runners) =>
      Option.zipWith(Arr.head(rows), Arr.head(runners), ({ jobState }, runner) => ({ state: jobState, runner }))
    )
  )

/** Jobs in the table `runner_connector.runner_job`, which must be there already. */
export const make: Effect.Effect<JobStore.JobStore["Type"], never, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  const prepared = yield* preparedClient
  const thenWake = yield* makeThenWake

  return JobStore.JobStore.of({
    insert: spanned("SqlJobStore.insert")((jobs) =>
      thenWake(persist("JobStore.insert")(sql.withTransaction(insertJobs(sql, jobs))))
    ),
    family: spanned("SqlJobStore.family")((id) => read("JobStore.family", selectFamily(prepared, id), hot)),
    listSilent: spanned("SqlJobStore.listSilent")((query) => read("JobStore.listSilent", selectSilent(sql, query))),
    ofVideo: spanned("SqlJobStore.ofVideo")((...ids: ReadonlyArray<Ids.VideoId>) =>
      read("JobStore.ofVideo", selectOfVideo(sql, ids))
    ),
    list: spanned("SqlJobStore.list")(function* (filter) {
      const once = persist("JobStore.list", repeatable)
      const maxTotal = JobStore.countedOf(filter)
      const found = (yield* once(countPage(sql, filter, maxTotal)))[0]?.total ?? 0
      const data = yield* once(Effect.flatMap(selectPage(sql, filter), decodePage))
      return { total: Math.min(found, maxTotal), ...(found > maxTotal ? { isTotalCapped: true } : {}), data }
    }),
    commit: spanned("SqlJobStore.commit")((jobs, added = [], limits = ConcurrencyLimits.noLimits) => {
      const all = Effect.zipRight(updateJobs(sql, jobs), insertJobs(sql, added))
      const isAlone = jobs.length === 1 && added.length === 0 && !isLimited(jobs, limits)
      return thenWake(
        persist("JobStore.commit")(
          isAlone
            ? Effect.asVoid(updateJob(prepared, jobs[0]))
            : sql.withTransaction(Effect.zipRight(keepWithin(sql, jobs, limits), all))
        )
      )
    }),
    remove: spanned("SqlJobStore.remove")((jobs) =>
      persist("JobStore.remove")(sql.withTransaction(deleteJobs(sql, jobs)))
    ),
    heartbeat: spanned("SqlJobStore.heartbeat")((heartbeat) =>
      persist("JobStore.heartbeat", hot)(beat(prepared, heartbeat))
    )
  })
})

/** The job store alone, on tables that are there already. */
export const layer: Layer.Layer<JobStore.JobStore, never, PgClient.PgClient> = Layer.effect(JobStore.JobStore, make)
