import { Errors, Ids, Runners } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { numberIn } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

export const deleteRegistrationToken = endpoint({
  name: "deleteRegistrationToken",
  method: "DELETE",
  path: "/api/v1/runners/registration-tokens/:id",
  summary: "Remove a registration token and every runner registered with it",
  admin: true,
  params: Schema.Struct({ id: numberIn(Ids.RegistrationTokenId) }),
  status: 204,
  problems: [404]
})

/** Answers `deleteRegistrationToken`. */
export const handleDeleteRegistrationToken: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) =>
    respondWithDocument(deleteRegistrationToken, {
      run: ({ params }) =>
        Effect.filterOrFail(
          runners.removeRegistrationToken(params.id),
          (existed) => existed,
          () => new Errors.UnknownRegistrationToken()
        )
    })
)
