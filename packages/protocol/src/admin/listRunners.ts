import { Runners } from "@runner-connector/core"
import { Effect } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { PageQuery, page, pageOf } from "./paging.ts"
import { RunnerDocument, runnerDocument } from "./runnerDocument.ts"

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
