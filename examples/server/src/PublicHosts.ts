import { lookup } from "node:dns/promises"
import { Errors } from "@runner-connector/core"
import type { ApiWeb } from "@runner-connector/protocol"
import { PrivateAddresses } from "@runner-connector/webhooks"
import { Effect } from "effect"
import type { ServerSettings } from "./Settings.ts"

const LOOKUP_TIMEOUT = "5 seconds"

/** Resolves the host, also spellings such as `127.1` and `0x7f000001`, as the connecting program does. */
const addressesOf = (hostname: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.tryPromise(() => lookup(hostname.replace(/^\[(.*)\]$/, "$1"), { all: true })).pipe(
    Effect.map((found) => found.map(({ address }) => address)),
    Effect.timeout(LOOKUP_TIMEOUT),
    Effect.orElseSucceed(() => [])
  )

/**
 * Refuses an address of the request's field `field` to which the server or a runner would connect, unless all addresses of
 * its host are public or the operator allows others. The address is resolved before anything connects. Malformed
 * addresses pass: the use case refuses them.
 */
export const requirePublicHost =
  ({
    livesAllowPrivateAddresses,
    localUrl,
    publicUrl
  }: Pick<ServerSettings, "livesAllowPrivateAddresses" | "localUrl" | "publicUrl">): ApiWeb.RequirePublicHost =>
  (field, text) =>
    Effect.gen(function* () {
      if (livesAllowPrivateAddresses || !URL.canParse(text)) return
      const { hostname, origin } = new URL(text)
      if (hostname === "" || origin === publicUrl.origin || origin === localUrl.origin) return
      const addresses = yield* addressesOf(hostname)
      if (addresses.length === 0) {
        return yield* new Errors.InvalidRequest({ detail: `${field}: the host cannot be resolved` })
      }
      if (addresses.some(PrivateAddresses.isPrivate)) {
        const detail = `${field}: the host has a private, loopback or link-local address. LIVES_ALLOW_PRIVATE_ADDRESSES=on allows those`
        return yield* new Errors.InvalidRequest({ detail })
      }
    })
