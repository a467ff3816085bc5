import { setTimeout as pause } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import { Endpoint, Endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { type Client, makeClient } from "./http.ts"
import { makeCpuMeter } from "./processTime.ts"
import { addJobs, addRunner, type Rows } from "./rows.ts"

/** Each has one request at a time: a job is kept for the runner that it was shown to. */
const RUNNERS = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `ptrt-00000000-0000-4000-8000-00000000ccc${n}`)
const BACKLOG = 2000

/** What a server did in a period. */
export interface Period {
  readonly accepts: number
  /** CPU time of the server's PostgreSQL backends in milliseconds. */
  readonly backendCpu: number
  /** Milliseconds from the beginning of `request` to the end of `accept`, the median. */
  readonly latency: number
}

/** Jobs that are taken from one server at a constant rate. */
export interface SteadyLoad {
  /** Prepares the rows. */
  readonly prepare: () => Promise<void>
  /** Offers the load until the end, in milliseconds of `performance.now`. Late calls are made up for. */
  readonly run: (begin: number, end: number) => Promise<void>
  /** The period since the last call. */
  readonly period: () => Period
}

/** Ends what runners have taken, keeps the queue filled, and returns the server's backends. */
const refill = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`UPDATE runner_connector.runner_job SET state = 'Completed', finished_at = now(), revision = revision + 1
    WHERE state = 'Processing' AND state IN ('Processing', 'Completing') AND started_at < now() - interval '2 seconds'
      AND coalesce(started_at, created_at) >= (SELECT floor FROM runner_connector.lease_floor)`
  const rows = yield* sql<{ waiting: number }>`SELECT count(*)::int AS waiting FROM (
      SELECT FROM runner_connector.queue_lane level
      JOIN runner_connector.runner_job job ON job.lane = level.lane AND job.due >= level.floor
        AND job.state = 'Pending' AND job.not_before IS NULL
      LIMIT ${BACKLOG}
    ) AS job`
  const missing = BACKLOG - (rows[0]?.waiting ?? 0)
  if (missing > BACKLOG / 10) yield* addJobs("Pending", missing)
  const backends = yield* sql<{ pid: number }>`SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND application_name <> current_setting('application_name')`
  return backends.map(({ pid }) => pid)
})

const median = (values: Array<number>): number =>
  Math.round((values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0) * 10) / 10

/** Counts accepts and the CPU time of backends by period. */
const makeTally = () => {
  const cpu = makeCpuMeter()
  let latencies: Array<number> = []
  let counted = 0
  return {
    sample: cpu.sample,
    accepted: (latency: number) => void latencies.push(latency),
    period: (): Period => {
      const result = {
        accepts: latencies.length,
        backendCpu: cpu.total() - counted,
        latency: median(latencies)
      }
      latencies = []
      counted = cpu.total()
      return result
    }
  }
}

/** Requests a job and accepts it. Returns whether the runner got one. */
const take = async (client: Client, runnerToken: string): Promise<boolean> => {
  const { body } = await client.json(Endpoint.pathOf(Endpoints.request), { runnerToken, version: "0.4.0" })
  const uuid = JSON.parse(body).availableJobs?.[0]?.uuid
  if (uuid === undefined) return false
  const { status } = await client.json(Endpoint.pathOf(Endpoints.accept, { jobUUID: uuid }), { runnerToken })
  return status === 200
}

/** The server may close an idle connection at the moment of its next use. */
const unlessReset = (error: Error & { readonly code?: string }): false => {
  if (error.code === "ECONNRESET") return false
  throw error
}

export const makeSteadyLoad = (port: number, rows: Rows, perSecond: number): SteadyLoad => {
  const client = makeClient(port)
  const tally = makeTally()

  const work = async (runnerToken: string, index: number, begin: number, end: number) => {
    const interval = (1000 / perSecond) * RUNNERS.length
    for (let due = begin + (index * 1000) / perSecond; due < end; due += interval) {
      const early = due - performance.now()
      if (early > 0) await pause(early)
      const began = performance.now()
      if (await take(client, runnerToken).catch(unlessReset)) tally.accepted(performance.now() - began)
    }
  }

  const fill = async (end: number) => {
    while (performance.now() < end) {
      tally.sample(await rows.run(refill))
      await pause(500)
    }
  }

  return {
    prepare: async () => {
      for (const token of RUNNERS) await rows.run(addRunner(token, token))
      await rows.run(refill)
    },
    run: async (begin, end) => {
      await Promise.all([fill(end), ...RUNNERS.map((token, index) => work(token, index, begin, end))])
      client.close()
    },
    period: tally.period
  }
}
