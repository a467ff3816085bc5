import type { IncomingMessage } from "node:http"
import { AdminAccess } from "@runner-connector/core"
import { Sessions } from "@runner-connector/protocol"
import { Effect, Layer, Redacted } from "effect"
import type { IsAdministrator } from "../options/ApiOptions.ts"
import type { ConnectorOptions } from "../options/ConnectorOptions.ts"

type Check = AdminAccess.Access["check"]

/** Requests of `connector.handler` carry the request of Node. */
const nodeRequestOf = (request: Request): IncomingMessage | undefined =>
  (request as { readonly runtime?: { readonly node?: { readonly req?: IncomingMessage } } }).runtime?.node?.req

/** Sign-in passes tokens without a request, which no account has sent. */
const checkAccount =
  (isAdministrator: IsAdministrator): Check =>
  (_bearer, request) =>
    request === undefined
      ? new AdminAccess.Unauthorized()
      : Effect.promise(async () => isAdministrator(request, { node: nodeRequestOf(request) })).pipe(
          Effect.flatMap((passes) => (passes ? Effect.void : new AdminAccess.Unauthorized()))
        )

const both =
  (first: Check, second: Check): Check =>
  (bearer, request) =>
    Effect.orElse(first(bearer, request), () => second(bearer, request))

/** Administrators have the token or an account of the application. Sessions end when the token is replaced. */
export const layer = ({ adminToken, isAdministrator }: ConnectorOptions): Layer.Layer<never> => {
  const byAccount = isAdministrator === undefined ? undefined : checkAccount(isAdministrator)
  if (adminToken === undefined) return byAccount === undefined ? Layer.empty : AdminAccess.layer({ check: byAccount })
  const token = Redacted.make(adminToken)
  const access = Effect.map(AdminAccess.ofToken(token), ({ check }) => ({
    check: byAccount === undefined ? check : both(check, byAccount)
  }))
  return Layer.merge(Layer.effect(AdminAccess.AdminAccess, access), Sessions.layer({ secret: token }))
}
