import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { Child } from "../children.ts"
import { type Measured, makeClient, measure } from "../http.ts"
import { addJobs, addRunner, clearJobs, type Rows } from "../rows.ts"
import type { Situation } from "../situation.ts"
import type { Sizes } from "../sizes.ts"
import { RUNNER, request } from "./queue.ts"

/** Milliseconds that a page and its total may take, and all figures of the overview. */
const LIST_GOAL = 50
/** The rate of `request` with a full table by its rate with a small one. */
const FLAT_GOAL = 0.8

export interface MillionResult {
  readonly what: string
  readonly value: number
  readonly goal: string
  readonly met: boolean
}

/** Finished jobs of the past, a second apart. A small share has failed. */
const addHistory = (count: number) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql`
      INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
        created_at, updated_at, finished_at, revision)
      SELECT gen_random_uuid(), 'vod-hls-transcoding', CASE WHEN n % 1000 = 0 THEN 'Errored' ELSE 'Completed' END,
        '{}', '{}', 100, 0, 0, at, at, at, 3
      FROM (SELECT n, now() - n * interval '1 second' AS at FROM generate_series(1, ${count}::int) AS n) AS moment`
  )

/** Jobs before all others that rest for an hour. */
const addResting = (count: number) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql`
      INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
        not_before, created_at, updated_at, revision)
      SELECT gen_random_uuid(), 'vod-hls-transcoding', 'Pending', '{}', '{}', 100, 0, 0,
        now() + interval '1 hour', now(), now(), 1
      FROM generate_series(1, ${count}::int)`
  )

const analyze = Effect.flatMap(PgClient.PgClient, (sql) => sql`VACUUM ANALYZE runner_connector.runner_job`)

const median = (values: Array<number>): number =>
  Math.round((values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0) * 10) / 10

/** The median time of the first page of a state, with its total, in milliseconds. */
const listTime = async (server: Child<number>, states: ReadonlyArray<string>, rounds: number): Promise<number> => {
  const times: Array<number> = []
  for (let round = 0; round < rounds; round++) times.push((await server.ask("listed", { list: states })) as number)
  return median(times)
}

const LISTS = [["Completed"], ["Errored"], ["Pending"], ["Pending", "Processing", "Completed"], []]

const listResults = async (server: Child<number>, rounds: number) => {
  const results: Array<MillionResult> = []
  for (const states of LISTS) {
    const value = await listTime(server, states, rounds)
    const what = `the page and total of ${states.join(", ") || "all"} jobs, ms`
    results.push({ what, value, goal: `below ${LIST_GOAL}`, met: value < LIST_GOAL })
  }
  return results
}

/** The first reading counts the hours of the past, as upkeep does. */
const overviewResult = async (server: Child<number>, rounds: number): Promise<MillionResult> => {
  const times: Array<number> = []
  for (let round = 0; round < rounds; round++) times.push((await server.ask("overview", "overview")) as number)
  const value = median(times)
  return { what: "the overview of a week, ms", value, goal: `below ${LIST_GOAL}`, met: value < LIST_GOAL }
}

/** Calls and lists with a million finished jobs, and with many that rest until later at the head of the queue. */
export const million = async (
  situation: Situation,
  rows: Rows,
  { calls, million: { finished, pending, resting } }: Sizes
): Promise<ReadonlyArray<MillionResult>> => {
  const server = await situation.startServer()
  const client = makeClient(server.ready)
  await rows.run(addRunner(RUNNER, "bench"))
  const requests = (): Promise<Measured> => measure(8, calls, request(client), 200)
  await rows.run(clearJobs)
  await rows.run(addJobs("Pending", 1000))
  await requests()
  const small = await requests()
  await rows.run(clearJobs)
  await rows.run(addResting(resting))
  await rows.run(addJobs("Pending", pending))
  await rows.run(addHistory(finished))
  await rows.run(analyze)
  const full = await requests()
  const ratio = Math.round((100 * full.perSecond) / small.perSecond) / 100
  const lists = [...(await listResults(server, 9)), await overviewResult(server, 9)]
  client.close()
  await server.stop()
  await rows.run(clearJobs)
  return [
    { what: "request with 1,000 jobs, calls a second", value: small.perSecond, goal: "", met: true },
    {
      what: `request with ${resting} resting, ${pending} pending and ${finished} finished jobs, by that`,
      value: ratio,
      goal: `at least ${FLAT_GOAL}`,
      met: ratio >= FLAT_GOAL
    },
    ...lists
  ]
}
