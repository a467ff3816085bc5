import { type Runner, Runners } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { PageQuery, page, pageOf } from "./paging.ts"
import { tokenFields, tokenMembers } from "./registrationTokens.ts"

/** A registration token with its last characters only, which are enough to tell tokens apart. */
const TokenDocument = Schema.Struct({ ...tokenFields, registrationToken: Schema.String }).annotations({
  identifier: "RegistrationToken"
})

const tokenDocument = (token: Runner.RegistrationToken & { readonly runners: number }): typeof TokenDocument.Type => ({
  ...tokenMembers(token, token.runners),
  registrationToken: `ptrrt-…${token.hint}`
})

export const listRegistrationTokens = endpoint({
  name: "listRegistrationTokens",
  method: "GET",
  path: "/api/v1/runners/registration-tokens",
  summary: "List the registration tokens by their last characters; only hashes are stored",
  admin: true,
  query: PageQuery,
  status: 200,
  response: pageOf(TokenDocument)
})

/** Answers `listRegistrationTokens`. */
export const handleListRegistrationTokens: Effect.Effect<Handler, never, Reception | Runners.Runners> = Effect.flatMap(
  Runners.Runners,
  (runners) =>
    respondWithDocument(listRegistrationTokens, {
      run: ({ query }) => Effect.map(runners.listRegistrationTokens(query), (found) => page(found, tokenDocument))
    })
)
