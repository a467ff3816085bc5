import { ConnectorConfig } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, respondWithDocument } from "../http/Handler.ts"
import { Reception } from "../http/Reception.ts"

/** Pages ask before a large upload, because browsers show a refusal only after they have sent the whole file. */
export const getAccess = endpoint({
  name: "getAccess",
  method: "GET",
  path: "/access",
  summary: "Show whether this client may manage videos, and what is made of an upload",
  limited: false,
  status: 200,
  response: Schema.Struct({
    mayChange: Schema.Boolean,
    plan: Schema.Struct({ keepSource: Schema.Boolean, splitAudio: Schema.Boolean, webVideos: Schema.Boolean })
  }),
  problems: [429]
})

/** Answers `getAccess`. */
export const handleGetAccess: Effect.Effect<Handler, never, Reception | ConnectorConfig.ConnectorConfig> = Effect.gen(
  function* () {
    const { managers } = yield* Reception
    const { keepSource, splitAudio, webVideos } = (yield* ConnectorConfig.ConnectorConfig).plan
    return yield* respondWithDocument(getAccess, {
      run: ({ ip, request }) =>
        managers.check(request, ip).pipe(
          Effect.as(true),
          Effect.catchTags({ Unauthorized: () => Effect.succeed(false), Forbidden: () => Effect.succeed(false) }),
          Effect.map((mayChange) => ({ mayChange, plan: { keepSource, splitAudio, webVideos } }))
        )
    })
  }
)
