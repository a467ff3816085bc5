import { ConnectorConfig } from "@runner-connector/core"
import { Effect, Ref } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { AnyObject } from "../http/fields.ts"
import { type Handler, respondWithDocument } from "../http/Handler.ts"
import { Reception } from "../http/Reception.ts"
import { describe } from "./OpenApiDocument.ts"

/** Public, because the API is no secret. */
export const openApi = endpoint({
  name: "openApi",
  method: "GET",
  path: "/api/v1/runners/openapi.json",
  summary: "Describe all endpoints of this server, as OpenAPI 3.1",
  limited: false,
  status: 200,
  response: AnyObject
})

/** Answers `openApi`. Makes the document at the first request, when every API of the server has added its endpoints. */
export const handleOpenApi: Effect.Effect<Handler, never, Reception | ConnectorConfig.ConnectorConfig> = Effect.gen(
  function* () {
    const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
    const { described } = yield* Reception
    const document = yield* Effect.cached(Effect.map(Ref.get(described), (endpoints) => describe(endpoints, publicUrl)))
    return yield* respondWithDocument(openApi, { run: () => document })
  }
)
