import { Runners } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { Token } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

export const unregister = endpoint({
  name: "unregister",
  method: "POST",
  path: "/api/v1/runners/unregister",
  summary: "Remove the runner with this token",
  body: "json",
  request: Schema.Struct({ runnerToken: Token }),
  status: 204,
  problems: [404]
})

/** Answers `unregister`. */
export const handleUnregister: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) => respondWithDocument(unregister, { run: ({ body }) => runners.unregister(body.runnerToken) })
)
