import { setTimeout as pause } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import { Endpoint, Endpoints } from "@runner-connector/protocol"
import { Deferred, Effect, Fiber } from "effect"
import { makeClient } from "../http.ts"
import { addJobs, addRunner, clearJobs, type Rows } from "../rows.ts"

/** Each has one request at a time: a job is kept for the runner that it was shown to. */
const RUNNERS = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `ptrt-00000000-0000-4000-8000-00000000ccc${n}`)
const BACKLOG = 2000

export interface SnapshotResult {
  readonly snapshot: "none" | "held"
  readonly seconds: number
  readonly accepts: number
  /** Accepts per second over the whole time, and over its last quarter. */
  readonly perSecond: number
  readonly lastQuarter: number
}

/** Ends what runners have taken, and keeps the queue filled. */
const refill = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`UPDATE runner_connector.runner_job SET state = 'Completed', finished_at = now(), revision = revision + 1
    WHERE state = 'Processing' AND state IN ('Processing', 'Completing') AND started_at < now() - interval '2 seconds'
      AND coalesce(started_at, created_at) >= (SELECT floor FROM runner_connector.lease_floor)`
  const rows = yield* sql<{ waiting: number }>`SELECT count(*)::int AS waiting FROM (
      SELECT FROM runner_connector.queue_floor level
      JOIN runner_connector.runner_job job ON job.type = level.type AND job.priority = level.priority
        AND job.sequence >= level.floor AND job.state = 'Pending'
      LIMIT ${BACKLOG}
    ) AS job`
  const missing = BACKLOG - (rows[0]?.waiting ?? 0)
  if (missing > 0) yield* addJobs("Pending", missing)
})

/** Takes jobs as fast as the server gives them. */
const takeJobs = async (port: number, rows: Rows, seconds: number): Promise<Omit<SnapshotResult, "snapshot">> => {
  const client = makeClient(port)
  const end = performance.now() + seconds * 1000
  const lastQuarter = end - (seconds * 1000) / 4
  let accepts = 0
  let late = 0
  const work = async (runnerToken: string) => {
    while (performance.now() < end) {
      const { body } = await client.json(Endpoint.pathOf(Endpoints.request), { runnerToken, version: "0.4.0" })
      const uuid = JSON.parse(body).availableJobs?.[0]?.uuid
      if (uuid === undefined) {
        await pause(50)
        continue
      }
      const path = Endpoint.pathOf(Endpoints.accept, { jobUUID: uuid })
      const { status } = await client.json(path, { runnerToken })
      if (status === 200) {
        accepts += 1
        if (performance.now() > lastQuarter) late += 1
      }
    }
  }
  const fill = async () => {
    while (performance.now() < end) {
      await rows.run(refill)
      await pause(500)
    }
  }
  await rows.run(refill)
  await Promise.all([fill(), ...RUNNERS.map(work)])
  client.close()
  return {
    seconds,
    accepts,
    perSecond: Math.round(accepts / seconds),
    lastQuarter: Math.round(late / (seconds / 4))
  }
}

/** Runs the action while another transaction sees the tables as they were, as a long `pg_dump` does. */
const withSnapshot = async <A>(rows: Rows, action: () => Promise<A>): Promise<A> => {
  const [opened, leave] = [Effect.runSync(Deferred.make<void>()), Effect.runSync(Deferred.make<void>())]
  const hold = Effect.flatMap(PgClient.PgClient, (sql) =>
    Effect.gen(function* () {
      yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`
      yield* sql`SELECT count(*) FROM runner_connector.runner_job`
      yield* Deferred.succeed(opened, undefined)
      yield* Deferred.await(leave)
    }).pipe(sql.withTransaction)
  )
  const held = Effect.runFork(Effect.promise(() => rows.run(hold)))
  await Effect.runPromise(Deferred.await(opened))
  try {
    return await action()
  } finally {
    await Effect.runPromise(Effect.zipRight(Deferred.succeed(leave, undefined), Fiber.join(held)))
  }
}

/** The rate of `request` and `accept` under constant load, without and with a snapshot that is held for as long. */
export const snapshot = async (port: number, rows: Rows, seconds: number): Promise<ReadonlyArray<SnapshotResult>> => {
  for (const token of RUNNERS) await rows.run(addRunner(token, token))
  await rows.run(clearJobs)
  const free = await takeJobs(port, rows, seconds)
  await rows.run(clearJobs)
  const held = await withSnapshot(rows, () => takeJobs(port, rows, seconds))
  return [
    { snapshot: "none", ...free },
    { snapshot: "held", ...held }
  ]
}
