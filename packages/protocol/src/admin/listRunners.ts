import { Runner, Runners } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { BooleanText, CleanText, oneOf } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { PageQuery, page, pageOf } from "./paging.ts"
import { RunnerDocument, runnerDocument } from "./runnerDocument.ts"

const RunnersQuery = Schema.Struct({
  ...PageQuery.fields,
  /** A part of the name. */
  search: Schema.optional(CleanText.pipe(Schema.maxLength(500))),
  stateOneOf: oneOf(Runner.RunnerState, { type: "string", enum: [...Runner.RunnerState.literals] }),
  online: Schema.optional(BooleanText)
})

const filterOf = ({ online, search = "", stateOneOf, ...page }: typeof RunnersQuery.Type) => ({
  ...page,
  ...(search === "" ? {} : { text: search }),
  ...(stateOneOf === undefined ? {} : { states: stateOneOf }),
  ...(online === undefined ? {} : { online })
})

export const listRunners = endpoint({
  name: "listRunners",
  method: "GET",
  path: "/api/v1/runners",
  summary: "List the registered runners, newest first, with search and filters",
  admin: true,
  query: RunnersQuery,
  status: 200,
  response: pageOf(RunnerDocument)
})

/** Answers `listRunners`. */
export const handleListRunners: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) =>
    respondWithDocument(listRunners, {
      run: ({ query }) => Effect.map(runners.list(filterOf(query)), (found) => page(found, runnerDocument))
    })
)
