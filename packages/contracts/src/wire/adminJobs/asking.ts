import { JobStore, type RunnerJob } from "@runner-connector/core"
import { Endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { aJob } from "../../fixtures.ts"
import { administer, documentOf, R } from "../client.ts"

/** The job list as administrators see it. */
export const list = (query: string) =>
  Effect.map(administer("GET", `${R}/jobs?${query}`), (answer) => documentOf(answer, Endpoints.listJobs.response))

/** The UUIDs of the matching jobs, in order. */
export const found = (query: string) => Effect.map(list(query), ({ data }) => data.map(({ uuid }) => uuid))

/** A unique text that is not a UUID. */
export const aMark = () => crypto.randomUUID().slice(0, 18)

/** Jobs of a unique type, in insertion order. */
export const jobsOf = (type: string, overrides: ReadonlyArray<Partial<RunnerJob.RunnerJob>>) =>
  Effect.gen(function* () {
    const store = yield* JobStore.JobStore
    const jobs = overrides.map((one) => aJob({ type, ...one }))
    for (const job of jobs) yield* store.insert([job])
    return jobs.map(({ id }): string => id)
  }).pipe(Effect.orDie)
