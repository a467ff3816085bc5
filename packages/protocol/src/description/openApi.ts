import { ConnectorConfig } from "@runner-connector/core"
import { Effect } from "effect"
import { type AnyEndpoint, endpoint } from "../http/Endpoint.ts"
import { AnyObject } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { describe } from "./OpenApiDocument.ts"

/** Public, because the API is no secret. */
export const openApi = endpoint({
  name: "openApi",
  method: "GET",
  path: "/api/v1/runners/openapi.json",
  summary: "Describe all of these endpoints, as OpenAPI 3.1",
  limited: false,
  status: 200,
  response: AnyObject
})

/** Answers `openApi`. Makes the document at the first request. */
export const handleOpenApi = (
  endpoints: ReadonlyArray<AnyEndpoint>
): Effect.Effect<Handler, never, Reception | ConnectorConfig.ConnectorConfig> =>
  Effect.gen(function* () {
    const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
    const document = yield* Effect.cached(Effect.sync(() => describe(endpoints, publicUrl)))
    return yield* respondWithDocument(openApi, { run: () => document })
  })
