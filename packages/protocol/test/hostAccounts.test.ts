import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { AdminAccess } from "@runner-connector/core"
import { ApiWeb } from "@runner-connector/protocol"
import { Duration, Effect, Option } from "effect"
import * as AdminGuard from "../src/http/AdminGuard.ts"

const { origin } = Wire.World

/** A host that finds its administrators by a cookie of its own. */
const guard = AdminGuard.make(
  { publicUrl: new URL(origin), rateLimit: 3, rateWindow: Duration.seconds(10) },
  {
    check: (_, request) =>
      request?.headers.get("cookie") === "account=root" ? Effect.void : new AdminAccess.Unauthorized()
  },
  { find: () => Effect.succeedNone }
)

const outcomeOf = (method: string, headers: Record<string, string>) =>
  guard.check(new Request(`${origin}/jobs/bulk`, { method, headers }), Option.none()).pipe(
    Effect.as("passes"),
    Effect.catchAll(({ _tag }) => Effect.succeed<string>(_tag))
  )

it.effect("the accounts of the host pass by the request, but not for changes by pages of other origins", () =>
  Effect.gen(function* () {
    const cookie = "account=root"
    deepStrictEqual(yield* outcomeOf("POST", {}), "Unauthorized")
    deepStrictEqual(yield* outcomeOf("POST", { cookie }), "passes")
    deepStrictEqual(yield* outcomeOf("POST", { cookie, origin }), "passes")
    for (const foreign of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      deepStrictEqual(yield* outcomeOf("POST", { cookie, ...foreign }), "CrossOriginRequest")
      deepStrictEqual(yield* outcomeOf("GET", { cookie, ...foreign }), "passes")
      deepStrictEqual(yield* outcomeOf("POST", foreign), "Unauthorized")
    }
  })
)

it.effect("pages of other origins change nothing where videos are open to everybody", () =>
  Effect.gen(function* () {
    const { handle } = yield* ApiWeb.ApiWeb
    const cancel = (headers: Record<string, string>) =>
      Effect.map(
        handle(new Request(`${origin}/videos/${crypto.randomUUID()}/cancel`, { method: "POST", headers })),
        ({ status }) => status
      )
    deepStrictEqual(yield* cancel({}), 404)
    deepStrictEqual(yield* cancel({ origin }), 404)
    deepStrictEqual(yield* cancel({ origin: "https://evil.example" }), 403)
  }).pipe(Effect.provide(Wire.World.layer({}, { opensVideos: true })))
)
