import { Ids, Runner, type Runners } from "@runner-connector/core"
import { DateTime, Option, Schema } from "effect"
import { Moment } from "../http/fields.ts"

/** A runner as administrators see it. */
export const RunnerDocument = Schema.Struct({
  id: Ids.RunnerId,
  name: Schema.String,
  description: Schema.NullOr(Schema.String),
  ip: Schema.NullOr(Schema.String),
  lastContact: Moment,
  version: Schema.NullOr(Schema.String),
  labels: Schema.Array(Schema.String),
  state: Runner.RunnerState,
  /** No job is given before `until`, because of its failures. Then one trial job decides. */
  quarantine: Schema.NullOr(Schema.Struct({ until: Moment, reason: Schema.String })),
  online: Schema.Boolean,
  /** Null while it is offline. */
  onlineSince: Schema.NullOr(Moment),
  /** The number of jobs that it processes now. */
  currentJobs: Schema.Int,
  createdAt: Moment,
  updatedAt: Moment
}).annotations({ identifier: "Runner" })

/** The document of a runner. */
export const runnerDocument = (runner: Runners.ListedRunner): typeof RunnerDocument.Type => ({
  id: runner.id,
  name: runner.name,
  description: Option.getOrNull(runner.description),
  ip: Option.getOrNull(runner.ip),
  lastContact: DateTime.formatIso(runner.lastContact),
  version: Option.getOrNull(runner.version),
  labels: runner.labels,
  state: runner.state,
  quarantine: Option.getOrNull(
    Option.map(runner.health.quarantine, ({ reason, until }) => ({ until: DateTime.formatIso(until), reason }))
  ),
  online: runner.online,
  onlineSince: Option.getOrNull(Option.map(runner.onlineSince, DateTime.formatIso)),
  currentJobs: runner.processing,
  createdAt: DateTime.formatIso(runner.createdAt),
  updatedAt: DateTime.formatIso(runner.updatedAt)
})
