import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { ApiHost } from "./ApiHost.ts"

const SettingDocument = Schema.Struct({
  name: Schema.String,
  /** Null when there is no value, and for secrets. */
  value: Schema.NullOr(Schema.String),
  origin: Schema.Literal("environment", "default"),
  /** The value is not shown. */
  secret: Schema.Boolean,
  description: Schema.NullOr(Schema.String)
}).annotations({ identifier: "Setting" })

export const getSettings = endpoint({
  name: "getSettings",
  method: "GET",
  path: "/settings",
  summary: "Show the effective settings with their origin, without secrets",
  admin: true,
  status: 200,
  response: Schema.Struct({ settings: Schema.Array(SettingDocument) })
})

/** Answers `getSettings`. */
export const handleGetSettings: Effect.Effect<Handler, never, Reception | ApiHost> = Effect.flatMap(
  ApiHost,
  ({ settings }) => respondWithDocument(getSettings, { run: () => Effect.succeed({ settings }) })
)
