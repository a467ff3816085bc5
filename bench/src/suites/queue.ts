import { Endpoint, Endpoints } from "@runner-connector/protocol"
import { type Answer, type Client, type Measured, makeClient, measure } from "../http.ts"
import { addJobs, addRunner, clearJobs, pendingIds, type Rows } from "../rows.ts"
import type { Sizes } from "../sizes.ts"

export interface QueueResult extends Measured {
  readonly call: string
  readonly pending: number
  readonly finished: number
}

/** The token of the runner that calls. */
export const RUNNER = "ptrt-00000000-0000-4000-8000-00000000bbbb"

/** A runner's request for jobs. */
export const request = (client: Client) => () =>
  client.json(Endpoint.pathOf(Endpoints.request), { runnerToken: RUNNER, version: "0.4.0" })

/** Accepts the jobs one after the other, and keeps their tokens. */
export const accept = (client: Client, ids: ReadonlyArray<string>, tokens: Array<string>) => async (index: number) => {
  const path = Endpoint.pathOf(Endpoints.accept, { jobUUID: ids[index] ?? "" })
  const answer = await client.json(path, { runnerToken: RUNNER })
  if (answer.status === 200) tokens[index] = JSON.parse(answer.body).job.jobToken
  return answer
}

/** Reports progress of the accepted jobs. */
export const update =
  (client: Client, ids: ReadonlyArray<string>, tokens: ReadonlyArray<string>) => (index: number) => {
    const at = index % ids.length
    const path = Endpoint.pathOf(Endpoints.update, { jobUUID: ids[at] ?? "" })
    return client.form(path, { progress: String(index % 100), jobToken: tokens[at] ?? "", runnerToken: RUNNER })
  }

/** Runs a measurement and adds what it observed meanwhile. */
export type Watch<X extends object> = (run: () => Promise<Measured>) => Promise<Measured & X>

/** The three most frequent runner calls, by concurrency. */
export const measureCalls = async <X extends object>(
  client: Client,
  rows: Rows,
  { calls, concurrencies }: Sizes,
  watch: Watch<X>
): Promise<ReadonlyArray<QueueResult & X>> => {
  const results: Array<QueueResult & X> = []
  const add = async (name: string, concurrency: number, call: (index: number) => Promise<Answer>, status: number) => {
    const measured = await watch(() => measure(concurrency, calls, call, status))
    results.push({ call: name, pending: calls, finished: 0, ...measured })
  }
  for (const concurrency of concurrencies) {
    await rows.run(clearJobs)
    await rows.run(addJobs("Pending", calls))
    const ids = await rows.run(pendingIds(calls))
    const tokens: Array<string> = []
    await add("request", concurrency, request(client), 200)
    await add("accept", concurrency, accept(client, ids, tokens), 200)
    await add("update", concurrency, update(client, ids, tokens), 204)
  }
  return results
}

/** The same by number of jobs in the table, which should make no difference. */
const byRows = async (client: Client, rows: Rows, { calls, depths }: Sizes) => {
  const results: Array<QueueResult> = []
  for (const { finished, pending } of depths) {
    await rows.run(clearJobs)
    if (finished > 0) await rows.run(addJobs("Completed", finished))
    await rows.run(addJobs("Pending", pending))
    const ids = await rows.run(pendingIds(Math.min(calls, pending)))
    const situation = { pending, finished }
    results.push({ call: "request", ...situation, ...(await measure(8, ids.length, request(client), 200)) })
    results.push({ call: "accept", ...situation, ...(await measure(8, ids.length, accept(client, ids, []), 200)) })
  }
  return results
}

export const queue = async (port: number, rows: Rows, sizes: Sizes) => {
  const client = makeClient(port)
  await rows.run(addRunner(RUNNER, "bench"))
  await rows.run(addJobs("Pending", 10))
  // Warms up the code before the measurement.
  await measure(8, 300, request(client), 200)
  const concurrency = await measureCalls(client, rows, sizes, (run) => run())
  const depth = await byRows(client, rows, sizes)
  client.close()
  return { concurrency, depth }
}
