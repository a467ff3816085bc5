import { type Runner, RunnerSettings, Runners } from "@runner-connector/core"
import { Effect, type Redacted, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { Token } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { tokenFields, tokenMembers } from "./registrationTokens.ts"

/** A new registration token. No other document shows the token itself. */
const NewTokenDocument = Schema.Struct({ ...tokenFields, registrationToken: Token }).annotations({
  identifier: "NewRegistrationToken"
})

const newTokenDocument = (
  token: Runner.RegistrationToken,
  registrationToken: Redacted.Redacted<string>
): typeof NewTokenDocument.Type => ({ ...tokenMembers(token, 0), registrationToken })

export const generateRegistrationToken = endpoint({
  name: "generateRegistrationToken",
  method: "POST",
  path: "/api/v1/runners/registration-tokens/generate",
  summary: "Create a registration token; no other answer shows it",
  admin: true,
  body: "json",
  request: RunnerSettings.TokenRequest,
  status: 200,
  response: NewTokenDocument
})

/** Answers `generateRegistrationToken`. */
export const handleGenerateRegistrationToken: Effect.Effect<Handler, never, Reception | Runners.Runners> =
  Effect.flatMap(Runners.Runners, (runners) =>
    respondWithDocument(generateRegistrationToken, {
      run: ({ body }) =>
        Effect.map(runners.createRegistrationToken(body), ({ record, registrationToken }) =>
          newTokenDocument(record, registrationToken)
        )
    })
  )
