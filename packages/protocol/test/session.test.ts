import { NodeContext } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { ConnectorConfig, MemoryStores, SessionStore } from "@runner-connector/core"
import { ApiWeb, RunnerWeb, Sessions } from "@runner-connector/protocol"
import { Effect, Layer, Option, Redacted, TestClock } from "effect"
import * as Reception from "../src/http/Reception.ts"
import * as SessionCookies from "../src/http/SessionCookies.ts"

const { adminToken, origin } = Wire.World

const send = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
  Effect.gen(function* () {
    const web = yield* ApiWeb.ApiWeb
    const runners = yield* RunnerWeb.RunnerWeb
    const request = new Request(origin + path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const handle = path.startsWith("/api/") ? runners.handle : web.handle
    return yield* handle(request, { clientAddress: Option.some("192.0.2.1") })
  })

const signIn = (token: string, headers?: Record<string, string>) => send("POST", "/session", headers, { token })

const show = (headers?: Record<string, string>) =>
  Effect.flatMap(send("GET", "/session", headers), (response) => Effect.promise(() => response.json()))

/** The cookie that a browser sends after the answer. */
const cookieOf = (response: Response) => ({ cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "" })

const list = (headers: Record<string, string>) =>
  Effect.map(send("GET", "/api/v1/runners", headers), ({ status }) => status)

it.effect("the token opens a session, whose cookie opens what needs an administrator", () =>
  Effect.gen(function* () {
    const stranger = { administrator: false, mayManageVideos: false, signIn: true, expiresAt: null }
    deepStrictEqual(yield* show(), stranger)
    const answer = yield* signIn(adminToken)
    const [pair, ...attributes] = answer.headers.get("set-cookie")?.split("; ") ?? []
    assert.match(String(pair), /^__Host-runner-connector-session=43200000\./)
    deepStrictEqual(attributes, ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=43200", "Secure"])
    const session = { administrator: true, mayManageVideos: true, signIn: true, expiresAt: "1970-01-01T12:00:00.000Z" }
    deepStrictEqual(yield* Effect.promise(() => answer.json()), session)
    const cookie = cookieOf(answer)
    deepStrictEqual(yield* show(cookie), session)
    deepStrictEqual(yield* list({ cookie: `theme=dark; ${cookie.cookie}` }), 200)
    deepStrictEqual(yield* show({ authorization: `Bearer ${adminToken}` }), { ...session, expiresAt: null })
  }).pipe(Effect.provide(Wire.World.layer()))
)

const secret = (text: string) => Sessions.layer({ secret: Redacted.make(text), lifetime: "1 minute" })

const service = Effect.flatMap(Sessions.Sessions, (sessions) => Effect.orDie(sessions))

it.effect("a session ends after its lifetime, and only with its secret", () =>
  Effect.gen(function* () {
    const { open, verify } = yield* service
    const { expiresAt, value } = yield* open
    deepStrictEqual([value.split(".")[0], expiresAt], ["60000", 60_000])
    const [, id = "", signature = ""] = value.split(".")
    const other = signature.replace(/^./, (letter) => (letter === "A" ? "B" : "A"))
    const otherId = id.replace(/^./, (letter) => (letter === "a" ? "b" : "a"))
    const wrongly = [`61000.${id}.${signature}`, `60000.${otherId}.${signature}`, `60000.${id}.${other}`, `${value}=`]
    for (const forged of ["", "x", "60000", `60000.${signature}`, ...wrongly]) {
      deepStrictEqual(yield* verify(forged), Option.none(), forged)
    }
    deepStrictEqual(
      yield* Effect.provide(
        Effect.flatMap(service, (one) => one.verify(value)),
        secret("b")
      ),
      Option.none()
    )
    yield* TestClock.adjust("59999 millis")
    deepStrictEqual(yield* verify(value), Option.some({ id, expiresAt }))
    yield* TestClock.adjust("1 millis")
    deepStrictEqual(yield* verify(value), Option.none())
  }).pipe(Effect.provide(secret("a")))
)

it.effect("wrong cookies open nothing", () =>
  Effect.gen(function* () {
    const { value: otherSecret } = yield* Effect.provide(
      Effect.flatMap(service, ({ open }) => open),
      secret("another token")
    )
    for (const value of ["", "x", `99999999999999.${crypto.randomUUID()}.${"A".repeat(43)}`, otherSecret]) {
      deepStrictEqual(yield* list({ cookie: `__Host-runner-connector-session=${value}` }), 401, value)
    }
    const cookie = cookieOf(yield* signIn(adminToken)).cookie.replace("__Host-", "")
    deepStrictEqual(yield* list({ cookie }), 401)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("pages of other origins change nothing with a cookie, and sign nobody in or out", () =>
  Effect.gen(function* () {
    const cookie = cookieOf(yield* signIn(adminToken, { origin, host: new URL(origin).host }))
    const generate = (headers: Record<string, string>) =>
      Effect.map(
        send("POST", "/api/v1/runners/registration-tokens/generate", { ...cookie, ...headers }),
        ({ status }) => status
      )
    deepStrictEqual(yield* generate({ origin }), 200)
    deepStrictEqual(yield* generate({ "sec-fetch-site": "same-origin" }), 200)
    for (const foreign of [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "same-site" }]) {
      deepStrictEqual(yield* generate(foreign), 403)
      const answers = yield* Effect.all([signIn(adminToken, foreign), send("DELETE", "/session", foreign)])
      deepStrictEqual(
        answers.map(({ headers, status }) => [status, headers.get("set-cookie")]),
        [
          [403, null],
          [403, null]
        ]
      )
    }
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("signing out ends the session on the server, and no other one", () =>
  Effect.gen(function* () {
    const [cookie, other] = [cookieOf(yield* signIn(adminToken)), cookieOf(yield* signIn(adminToken))]
    for (const headers of [{ origin, ...cookie }, { origin, ...cookie }, { origin }]) {
      const answer = yield* send("DELETE", "/session", headers)
      deepStrictEqual(answer.status, 204)
      assert.match(String(answer.headers.get("set-cookie")), /^__Host-runner-connector-session=; .*Max-Age=0; Secure$/)
    }
    deepStrictEqual([yield* list(cookie), yield* list(other)], [401, 200])
    deepStrictEqual((yield* show(cookie)).administrator, false)
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("does not report a session as ended, or as absent, while the database is down", () =>
  Effect.gen(function* () {
    const cookie = cookieOf(yield* signIn(adminToken))
    const answer = yield* Wire.during(send("DELETE", "/session", { origin, ...cookie }))
    deepStrictEqual([answer.status, answer.headers.get("set-cookie")], [503, null])
    deepStrictEqual([yield* Wire.during(list(cookie)), yield* list(cookie)], [503, 200])
  }).pipe(Effect.provide(Wire.World.layer()))
)

it.effect("without HTTPS the cookie needs no prefix", () =>
  Effect.gen(function* () {
    const answer = yield* signIn(adminToken)
    const [pair, ...attributes] = answer.headers.get("set-cookie")?.split("; ") ?? []
    assert.match(String(pair), /^runner-connector-session=/)
    deepStrictEqual(attributes, ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=43200"])
    deepStrictEqual(yield* list(cookieOf(answer)), 200)
  }).pipe(Effect.provide(Wire.World.layer({ publicUrl: new URL("http://localhost:9000") })))
)

it.effect("servers with the same secret and database end each other's sessions", () =>
  Effect.gen(function* () {
    const site = { publicUrl: new URL(origin) }
    const [one, other] = [yield* SessionCookies.make(site), yield* SessionCookies.make(site)]
    const { header, id } = yield* Effect.flatten(one.open)
    const request = new Request(origin, { headers: { cookie: header.split(";")[0] ?? "" } })
    deepStrictEqual(
      Option.map(yield* other.find(request), (session) => session.id),
      Option.some(id)
    )
    yield* one.end(request)
    deepStrictEqual(yield* other.find(request), Option.none())
  }).pipe(Effect.provide([MemoryStores.layer, secret("a")]))
)

it.effect("looks the session of a request up once", () =>
  Effect.gen(function* () {
    const lookups: Array<string> = []
    const counting = Layer.effect(
      SessionStore.SessionStore,
      Effect.map(SessionStore.SessionStore, (store) => ({
        ...store,
        isRevoked: (id: string) => {
          lookups.push(id)
          return store.isRevoked(id)
        }
      }))
    )
    const site = { publicUrl: new URL(origin) }
    const web = ApiWeb.layerWith({}).pipe(
      Layer.provide(Reception.layerWith({})),
      Layer.provide([counting, ConnectorConfig.layer(site), NodeContext.layer])
    )
    const { open } = yield* SessionCookies.make(site)
    const { header, id } = yield* Effect.flatten(open)
    const { administrator } = yield* Effect.provide(show({ cookie: header.split(";")[0] ?? "" }), web)
    deepStrictEqual([administrator, lookups], [true, [id]])
  }).pipe(Effect.provide(Wire.World.layer()), Effect.provide(secret("a")))
)

it.effect("guesses are limited together with those of bearer tokens", () =>
  Effect.gen(function* () {
    const statuses = [
      yield* Effect.map(signIn("guess 1"), ({ status }) => status),
      yield* list({ authorization: "Bearer guess-2" }),
      yield* Effect.map(signIn("guess 3"), ({ status }) => status),
      yield* Effect.map(signIn(adminToken), ({ status }) => status)
    ]
    deepStrictEqual(statuses, [401, 401, 401, 429])
  }).pipe(Effect.provide(Wire.World.layer({ rateLimit: 3 })))
)

it.effect("forms cannot sign in", () =>
  Effect.gen(function* () {
    const web = yield* ApiWeb.ApiWeb
    const body = new FormData()
    body.set("token", adminToken)
    const answer = yield* web.handle(new Request(`${origin}/session`, { method: "POST", body }))
    deepStrictEqual(answer.status, 415)
  }).pipe(Effect.provide(Wire.World.layer()))
)
