import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import type { ConnectorConfig } from "@runner-connector/core"
import { Errors } from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/protocol"
import { Duration, Effect, Layer, Option, TestClock } from "effect"
import * as RateLimit from "../src/http/RateLimit.ts"

const { aHeldJob, aRegistrationToken, aRunner, aWaitingJob, resultParts, stateOf, tokenParts } = Wire.Arrange
const { R, formBytes, formType, request } = Wire.Client

/** Requests of the arrangement have no address and are not limited. */
const hands = Wire.reachedBy(
  Effect.map(
    RunnerWeb.RunnerWeb,
    ({ handle }) =>
      (one: Request) =>
        Effect.runPromise(handle(one))
  )
)

const world = (settings: Partial<ConnectorConfig.ConnectorSettings> = {}) =>
  Layer.provideMerge(hands, Wire.World.layer({ rateLimit: 3, ...settings }))

/** Sends requests from one address, one after the other. Returns the statuses. */
const from = (address: string, ...requests: ReadonlyArray<Request>) =>
  Effect.gen(function* () {
    const { handle } = yield* RunnerWeb.RunnerWeb
    const answers = yield* Effect.forEach(requests, (one) => handle(one, { clientAddress: Option.some(address) }))
    return answers.map(({ status }) => status)
  })

const times = (count: number, make: () => Request): ReadonlyArray<Request> => Array.from({ length: count }, make)

const json = (path: string, body: unknown) =>
  request(path, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

const form = (path: string, parts: ReadonlyArray<Wire.Client.Part>, method = "POST") =>
  request(path, { method, headers: { "content-type": formType() }, body: formBytes(parts) })

const unknown = { runnerToken: "ptrt-nobody" }
const asking = (runnerToken: string) => () => json(`${R}/jobs/request`, { runnerToken })
const asUnknown = asking(unknown.runnerToken)

it.effect("limits unauthenticated requests of one address until the window ends", () =>
  Effect.gen(function* () {
    deepStrictEqual(yield* from("a", ...times(5, asUnknown)), [404, 404, 404, 429, 429])
    deepStrictEqual(yield* from("b", ...times(4, asUnknown)), [404, 404, 404, 429])
    yield* TestClock.adjust("9999 millis")
    deepStrictEqual(yield* from("a", asUnknown()), [429])
    yield* TestClock.adjust("1 millis")
    deepStrictEqual(yield* from("a", ...times(4, asUnknown)), [404, 404, 404, 429])
  }).pipe(Effect.provide(world()))
)

it.effect("calls of registered runners leave the limit to unauthenticated clients", () =>
  Effect.gen(function* () {
    const { runnerToken } = yield* aRunner
    const registrationToken = yield* aRegistrationToken
    const register = (name: string) => () => json(`${R}/register`, { name, registrationToken })
    deepStrictEqual(new Set(yield* from("a", ...times(55, asking(runnerToken)))), new Set([200]))
    deepStrictEqual(yield* from("a", ...times(2, register("one")).slice(1), register("two")()), [200, 200])
    deepStrictEqual(yield* from("a", ...times(4, asUnknown)), [404, 404, 404, 429])
    deepStrictEqual(yield* from("a", asking(runnerToken)(), register("three")()), [200, 429])
  }).pipe(Effect.provide(world()))
)

it.effect("a fleet behind one address is looked up once for each call", () =>
  Effect.gen(function* () {
    let lookups = 0
    const { count } = RateLimit.make(
      { rateLimit: 1, rateWindow: Duration.seconds(10) },
      {
        authenticate: () =>
          Effect.suspend(() => {
            lookups += 1
            return new Errors.UnknownRunner()
          })
      }
    )
    const call = (runner: number) =>
      Effect.gen(function* () {
        const visit = yield* count({ admin: false, limited: true }, Option.some("a"))
        yield* visit.admit({ runnerToken: `ptrt-${runner}` })
        // The handler authenticates the runner itself.
        yield* visit.succeed
      })
    for (let round = 0; round < 2; round++) {
      yield* Effect.forEach(
        Array.from({ length: 2000 }, (_, runner) => runner),
        call,
        { discard: true }
      )
    }
    assert.strictEqual(lookups, 0)
  })
)

it.effect("answers with a problem and the time to wait", () =>
  Effect.gen(function* () {
    yield* from("a", ...times(3, asUnknown))
    yield* TestClock.adjust("2500 millis")
    const { handle } = yield* RunnerWeb.RunnerWeb
    const answer = yield* handle(asUnknown(), { clientAddress: Option.some("a") })
    deepStrictEqual(
      [answer.status, answer.statusText, answer.headers.get("retry-after"), answer.headers.get("content-type")],
      [429, "Too Many Requests", "8", "application/problem+json"]
    )
    const problem = yield* Effect.promise(() => answer.json())
    deepStrictEqual([problem.status, problem.code, problem.title], [429, undefined, "Too Many Requests"])
  }).pipe(Effect.provide(world()))
)

it.effect("does not limit registered runners, with a token in JSON or in a form", () =>
  Effect.gen(function* () {
    const { path, runner, tokens, uploads } = yield* aHeldJob()
    yield* from("a", ...times(3, asUnknown))
    const stale = { ...tokens, jobToken: "ptrjt-unknown" }
    const upload = new URL(String(uploads.videoFile)).pathname
    const file: Wire.Client.Part = ["file", "x", "x.mp4", "video/mp4"]
    deepStrictEqual(
      yield* from(
        "a",
        ...times(3, asking(runner.runnerToken)),
        form(`${path}/update`, tokenParts(tokens)),
        form(`${path}/update`, [["progress", "101"], ...tokenParts(tokens)]),
        form(`${path}/success`, [...tokenParts(stale), ...resultParts()]),
        form(upload, [file], "PUT"),
        form(`${path}/success`, [...tokenParts(tokens), ...resultParts()]),
        form(upload, [file], "PUT"),
        asUnknown()
      ),
      [200, 200, 200, 204, 400, 404, 204, 204, 429, 429]
    )
  }).pipe(Effect.provide(world()))
)

it.effect("receives nothing from a client beyond the limit, and reveals nothing", () =>
  Effect.gen(function* () {
    const { id, path, tokens } = yield* aHeldJob()
    const { files } = yield* Wire.World.Spooled
    yield* from("a", ...times(3, asUnknown))
    const wrong = tokenParts({ ...tokens, ...unknown })
    const broken = formBytes([...wrong, ...resultParts()]).slice(0, 5000)
    deepStrictEqual(
      yield* from(
        "a",
        form(`${path}/success`, [...wrong, ...resultParts()]),
        form(`${path}/success`, resultParts()),
        request(`${path}/success`, { headers: { "content-type": formType() }, body: broken }),
        json(`${path}/update`, { runnerToken: ["x"] }),
        json(`${R}/register`, { name: "a", registrationToken: "ptrrt-none" }),
        request(`${R}/register`, { headers: { "content-type": "application/json" }, body: "{" }),
        request(`${R}/register`, { headers: { "content-type": "text/plain" }, body: "{" }),
        json(`${R}/jobs/request`, { runnerToken: "ptrt-nobody".padEnd(100_000, "x") })
      ),
      Array(8).fill(429)
    )
    assert.strictEqual(yield* stateOf(id), "Processing")
    deepStrictEqual(yield* files, [])
  }).pipe(Effect.provide(world()))
)

it.effect("does not limit failure reports, administrators, the description and clients without an address", () =>
  Effect.gen(function* () {
    const { path, tokens } = yield* aHeldJob()
    yield* from("a", ...times(3, asUnknown))
    const get = (at: string, headers = {}) => request(at, { method: "GET", headers })
    const bearer = { authorization: `Bearer ${Wire.World.adminToken}` }
    deepStrictEqual(
      yield* from(
        "a",
        json(`${path}/error`, { ...tokens, ...unknown, message: "x" }),
        json(`${path}/error`, { ...tokens, message: "x" }),
        get(`${R}/openapi.json`),
        get(R, bearer),
        get(R)
      ),
      [404, 204, 200, 200, 401]
    )
    const { handle } = yield* RunnerWeb.RunnerWeb
    const answers = yield* Effect.forEach(times(9, asUnknown), (one) => handle(one))
    assert.isTrue(answers.every(({ status }) => status === 404))
  }).pipe(Effect.provide(world()))
)

it.effect("limits removed runners, and nobody during an outage of the database", () =>
  Effect.gen(function* () {
    const { runnerToken } = yield* aRunner
    const waiting = yield* aWaitingJob()
    yield* from("a", ...times(3, asUnknown))
    deepStrictEqual(
      yield* Wire.during(from("a", asking(runnerToken)(), asUnknown(), json(`${waiting.path}/accept`, unknown))),
      [503, 503, 503]
    )
    deepStrictEqual(yield* from("a", json(`${R}/unregister`, { runnerToken }), asUnknown()), [204, 429])
    yield* TestClock.adjust("10 seconds")
    deepStrictEqual(yield* from("a", ...times(4, asking(runnerToken))), [404, 404, 404, 429])
  }).pipe(Effect.provide(world()))
)

it.effect("is disabled by 0", () =>
  Effect.gen(function* () {
    const statuses = yield* from("a", ...times(100, asUnknown))
    assert.isTrue(statuses.every((status) => status === 404))
  }).pipe(Effect.provide(world({ rateLimit: 0 })))
)

it.effect("counts 10,000 addresses, then forgets the oldest", () =>
  Effect.gen(function* () {
    const { count } = RateLimit.make(
      { rateLimit: 1, rateWindow: Duration.seconds(10) },
      { authenticate: () => new Errors.UnknownRunner() }
    )
    const isOver = (address: string) =>
      Effect.map(count({ admin: false, limited: true }, Option.some(address)), ({ refusal }) => Option.isSome(refusal))
    deepStrictEqual([yield* isOver("a"), yield* isOver("a")], [false, true])
    yield* Effect.forEach(
      Array.from({ length: 10_000 }, (_, n) => `other ${n}`),
      isOver,
      { discard: true }
    )
    deepStrictEqual([yield* isOver("a"), yield* isOver("other 9999"), yield* isOver("other 0")], [false, true, false])
  })
)
