import { it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Layer, Option, TestClock } from "effect"

const { R, request } = Wire.Client
const { adminToken } = Wire.World

const world = (rateLimit = 3) => Wire.World.layer({ rateLimit })

const asking = (token?: string) =>
  request(R, { method: "GET", ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }) })

/** Statuses of the administrators' list for requests from one address, one after the other. */
const from = (address: string, ...tokens: ReadonlyArray<string | undefined>) =>
  Effect.gen(function* () {
    const { handle } = yield* RunnerWeb.RunnerWeb
    const context = { clientAddress: Option.some(address) }
    const answers = yield* Effect.forEach(tokens, (token) => handle(asking(token), context))
    return answers.map(({ status }) => status)
  })

const wrong = (count: number) => Array.from({ length: count }, (_, number) => `guess-${number}`)

it.effect("one address may guess the administrator's token only so often", () =>
  Effect.gen(function* () {
    deepStrictEqual(yield* from("a", ...wrong(5)), [401, 401, 401, 429, 429])
    deepStrictEqual(yield* from("a", adminToken), [429], "a right guess does not show")
    deepStrictEqual(yield* from("b", adminToken, ...wrong(1)), [200, 401], "other addresses go on")
    yield* TestClock.adjust("10 seconds")
    deepStrictEqual(yield* from("a", adminToken, ...wrong(4)), [200, 401, 401, 401, 429])
  }).pipe(Effect.provide(world()))
)

it.effect("says when to try again", () =>
  Effect.gen(function* () {
    yield* from("a", ...wrong(3))
    yield* TestClock.adjust("2500 millis")
    const { handle } = yield* RunnerWeb.RunnerWeb
    const answer = yield* handle(asking("guess"), { clientAddress: Option.some("a") })
    deepStrictEqual([answer.status, answer.headers.get("retry-after")], [429, "8"])
  }).pipe(Effect.provide(world()))
)

it.effect("the right token and requests without a token are no guesses", () =>
  Effect.gen(function* () {
    const right = Array.from({ length: 5 }, () => adminToken)
    deepStrictEqual(yield* from("a", ...right), [200, 200, 200, 200, 200])
    deepStrictEqual(yield* from("a", undefined, undefined, undefined, undefined), [401, 401, 401, 401])
    deepStrictEqual(yield* from("a", adminToken), [200])
  }).pipe(Effect.provide(world()))
)

it.effect("guesses that are sent all at once are limited", () =>
  Effect.gen(function* () {
    const { checkAdministrator } = yield* RunnerWeb.RunnerWeb
    const context = { clientAddress: Option.some("a") }
    const outcomes = yield* Effect.forEach(
      wrong(10),
      (token) => Effect.flip(checkAdministrator(asking(token), context)),
      {
        concurrency: "unbounded"
      }
    )
    const counted = outcomes.map(({ _tag }) => _tag)
    deepStrictEqual(counted.filter((tag) => tag === "Unauthorized").length, 3)
    deepStrictEqual(counted.filter((tag) => tag === "TooManyRequests").length, 7)
  }).pipe(Effect.provide(world()))
)

it.effect("routes of the host count together with the administrators' routes, and other requests do not", () =>
  Effect.gen(function* () {
    const { checkAdministrator, handle } = yield* RunnerWeb.RunnerWeb
    const context = { clientAddress: Option.some("a") }
    const register = () => request(`${R}/register`, { headers: { "content-type": "application/json" }, body: "{}" })
    yield* Effect.replicateEffect(
      Effect.suspend(() => handle(register(), context)),
      5
    )
    yield* Effect.ignore(checkAdministrator(asking("guess"), context))
    deepStrictEqual(yield* from("a", ...wrong(3)), [401, 401, 429])
  }).pipe(Effect.provide(world()))
)

it.effect("nobody is limited when there is no limit or no address", () =>
  Effect.gen(function* () {
    deepStrictEqual(yield* from("a", ...wrong(5)), [401, 401, 401, 401, 401])
  }).pipe(Effect.provide(Layer.fresh(world(0))))
)
