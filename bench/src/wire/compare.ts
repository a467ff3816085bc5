import { performance } from "node:perf_hooks"
import { Endpoint, Endpoints } from "@runner-connector/protocol"
import { type Client, makeClient, measure } from "../http.ts"

/** Another server of this wire, such as an earlier version or another implementation. */
export interface Other {
  readonly url: URL
  readonly registrationToken: string
}

/** Calls a second with eight at once. Absent when the server had no job to take. */
export interface OtherRates {
  readonly request: number
  readonly accept: number | undefined
  readonly update: number | undefined
}

interface Taken {
  readonly jobUUID: string
  readonly jobToken: string
}

const CONCURRENCY = 8

const register = async (client: Client, registrationToken: string): Promise<string> => {
  const body = { registrationToken, name: `benchmark ${crypto.randomUUID()}`, version: "0.4.0" }
  const answer = await client.json(Endpoint.pathOf(Endpoints.register), body)
  if (answer.status !== 200)
    throw new Error(`The other server refused the runner with ${answer.status}: ${answer.body}`)
  return JSON.parse(answer.body).runnerToken
}

/** Takes jobs as runners do: each worker asks for one and accepts it. Only `accept` is timed. */
const takeJobs = async (client: Client, runnerToken: string, calls: number) => {
  const taken: Array<Taken> = []
  let time = 0
  const work = async () => {
    while (taken.length < calls) {
      const shown = await client.json(Endpoint.pathOf(Endpoints.request), { runnerToken, version: "0.4.0" })
      const jobUUID: string | undefined = JSON.parse(shown.body).availableJobs?.[0]?.uuid
      if (jobUUID === undefined) return
      const began = performance.now()
      const { body, status } = await client.json(Endpoint.pathOf(Endpoints.accept, { jobUUID }), { runnerToken })
      if (status !== 200) continue
      time += performance.now() - began
      const { job } = JSON.parse(body)
      taken.push({ jobUUID: job.uuid, jobToken: job.jobToken })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  const rate = taken.length === 0 ? undefined : Math.round((CONCURRENCY * 1000 * taken.length) / time)
  return { taken, rate }
}

const report = (client: Client, runnerToken: string, taken: ReadonlyArray<Taken>) => (index: number) => {
  const { jobToken, jobUUID } = taken[index % taken.length] as Taken
  const path = Endpoint.pathOf(Endpoints.update, { jobUUID })
  return client.form(path, { progress: String(index % 100), jobToken, runnerToken })
}

/** Measures the hot calls of another server. Takes jobs that wait there, and gives them back. */
export const compare = async ({ registrationToken, url }: Other, calls: number): Promise<OtherRates> => {
  const client = makeClient(url)
  const runnerToken = await register(client, registrationToken)
  const body = { runnerToken, version: "0.4.0" }
  const request = () => client.json(Endpoint.pathOf(Endpoints.request), body)
  await measure(CONCURRENCY, 300, request, 200)
  const requests = await measure(CONCURRENCY, calls, request, 200)
  const { rate, taken } = await takeJobs(client, runnerToken, calls)
  const updates =
    taken.length === 0 ? undefined : await measure(CONCURRENCY, calls, report(client, runnerToken, taken), 204)
  for (const { jobToken, jobUUID } of taken) {
    const reason = "The benchmark gives the job back"
    await client.json(Endpoint.pathOf(Endpoints.abort, { jobUUID }), { runnerToken, jobToken, reason })
  }
  await client.json(Endpoint.pathOf(Endpoints.unregister), { runnerToken })
  client.close()
  return { request: requests.perSecond, accept: rate, update: updates?.perSecond }
}
