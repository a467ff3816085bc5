import { JobStore, type RunnerJob } from "@runner-connector/core"
import { Endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { aJob } from "../../fixtures.ts"
import { administer, documentOf, R } from "../client.ts"

/** What administrators are shown of jobs. */
export const list = (query: string) =>
  Effect.map(administer("GET", `${R}/jobs?${query}`), (answer) => documentOf(answer, Endpoints.listJobs.response))

/** The UUIDs of the jobs that are found, in order. */
export const found = (query: string) => Effect.map(list(query), ({ data }) => data.map(({ uuid }) => uuid))

/** A text that nobody else has, and that is no UUID. */
export const aMark = () => crypto.randomUUID().slice(0, 18)

/** Jobs of a type of their own, in the order of their insertion. */
export const jobsOf = (type: string, overrides: ReadonlyArray<Partial<RunnerJob.RunnerJob>>) =>
  Effect.gen(function* () {
    const store = yield* JobStore.JobStore
    const jobs = overrides.map((one) => aJob({ type, ...one }))
    for (const job of jobs) yield* store.insert([job])
    return jobs.map(({ id }): string => id)
  })
