import { Ids, type Runner, Runners } from "@runner-connector/core"
import { DateTime, Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { Moment } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { PageQuery, page, pageOf } from "./paging.ts"

/** A runner as administrators see it. */
const RunnerDocument = Schema.Struct({
  id: Ids.RunnerId,
  name: Schema.String,
  description: Schema.NullOr(Schema.String),
  ip: Schema.NullOr(Schema.String),
  lastContact: Moment,
  version: Schema.NullOr(Schema.String),
  createdAt: Moment,
  updatedAt: Moment
}).annotations({ identifier: "Runner" })

const runnerDocument = (runner: Runner.Runner): typeof RunnerDocument.Type => ({
  id: runner.id,
  name: runner.name,
  description: Option.getOrNull(runner.description),
  ip: Option.getOrNull(runner.ip),
  lastContact: DateTime.formatIso(runner.lastContact),
  version: Option.getOrNull(runner.version),
  createdAt: DateTime.formatIso(runner.createdAt),
  updatedAt: DateTime.formatIso(runner.updatedAt)
})

export const listRunners = endpoint({
  name: "listRunners",
  method: "GET",
  path: "/api/v1/runners",
  summary: "List the registered runners",
  admin: true,
  query: PageQuery,
  status: 200,
  response: pageOf(RunnerDocument)
})

/** Answers `listRunners`. */
export const handleListRunners: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) =>
    respondWithDocument(listRunners, {
      run: ({ query }) => Effect.map(runners.list(query), (found) => page(found, runnerDocument))
    })
)
