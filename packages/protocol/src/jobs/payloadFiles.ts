import { JobType } from "@runner-connector/core"
import { Effect } from "effect"

const parts = (names: ReadonlyArray<string>): ReadonlyArray<string> => names.map((name) => `payload[${name}]`)

/** The file parts that the job types of this connector read from results and from updates. */
export const payloadFiles: Effect.Effect<
  { readonly results: ReadonlyArray<string>; readonly updates: ReadonlyArray<string> },
  never,
  JobType.JobTypes
> = Effect.map(JobType.JobTypes, ({ all }) => ({
  results: parts(all.flatMap(({ result }) => JobType.filesIn(result))),
  updates: parts(all.flatMap(({ updates }) => (updates === undefined ? [] : JobType.filesIn(updates.payload))))
}))
