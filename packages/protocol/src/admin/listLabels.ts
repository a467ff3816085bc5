import { Runners } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

export const listLabels = endpoint({
  name: "listLabels",
  method: "GET",
  path: "/api/v1/runners/labels",
  summary: "List every label of the registered runners once, in alphabetical order",
  admin: true,
  status: 200,
  response: Schema.Struct({ labels: Schema.Array(Schema.String) })
})

/** Answers `listLabels`. */
export const handleListLabels: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  ({ labels }) => respondWithDocument(listLabels, { run: () => Effect.map(labels, (labels) => ({ labels })) })
)
