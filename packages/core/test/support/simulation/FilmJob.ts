import { Effect, Option, Schema } from "effect"
import * as JobType from "../../../src/jobs/JobType.ts"

/** A job without files, so that a simulation spends its time on the choice of jobs. */
export const FilmJob = JobType.make({
  name: "simulated-rendition",
  payload: Schema.Struct({
    /** Seconds that a runner of speed 1 needs. */
    work: Schema.Number
  }),
  privatePayload: Schema.Struct({}),
  result: Schema.Struct({}),
  abortable: true,
  silence: "vod",
  present: (_job, { payload }) => payload,
  complete: () => Effect.succeed(Option.none()),
  files: () => []
})
