import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Duration, Effect, Option, Redacted, TestClock } from "effect"
import { StateChanges } from "../../src/ports/StateChanges.ts"
import { logChanges } from "../../src/telemetry/logChanges.ts"
import {
  accept,
  aHeldJob,
  type Held,
  jobsOf,
  type Registered,
  register,
  request,
  succeed,
  takeIn
} from "../support/actions.ts"
import { makeWatch, outcome, withLog } from "../support/calls.ts"
import { aProcess, nobody, type Process } from "../support/Process.ts"
import { resultFor } from "../support/results.ts"
import { snapshot } from "../support/snapshot.ts"
import { asTimeGoesBy } from "../support/time.ts"

const someToken = Redacted.make("ptrt-00000000-0000-4000-8000-000000000000")
const version = (text: string) => ({ ip: Option.none<string>(), version: Option.some(text) })
describe("a store that fails", () => {
  it.effect("is never taken for a runner that is unknown", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const runner = yield* register(server)
      yield* takeIn(server)
      const [first] = yield* request(server, runner)
      assert.isDefined(first)
      const { claim } = yield* accept(server, runner, first.id)
      const [second] = yield* request(server, runner)
      assert.isDefined(second)
      // A heartbeat finds the runner in its own statement.
      watch.breakDown((call) => call.startsWith("RunnerStore.") || call === "JobStore.heartbeat")
      const calls = [
        server.runners.authenticate(runner.token),
        server.runners.unregister(runner.token),
        request(server, runner),
        accept(server, runner, second.id),
        server.jobs.update({ ...claim, progress: Option.none(), payload: undefined }),
        server.jobs.error({ ...claim, message: "no" }),
        server.jobs.abort({ ...claim, reason: "no" }),
        succeed(server, { job: first, claim })
      ]
      const outcomes = yield* Effect.forEach(calls, (call) => outcome(call as Effect.Effect<unknown, { _tag: string }>))
      deepStrictEqual(
        outcomes,
        calls.map(() => "PersistenceError")
      )
    })
  )

  it.effect("does not keep a call from taking effect only because the contact cannot be noted", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      watch.breakDown((call) => call === "RunnerStore.touch")
      yield* TestClock.adjust("10 minutes")
      const [first] = yield* request(server, runner)
      assert.isDefined(first)
      const held = yield* accept(server, runner, first.id)
      yield* server.jobs.update({ ...held.claim, progress: Option.some(1), payload: undefined })
      yield* server.jobs.abort({ ...held.claim, reason: "stopped" })
      yield* asTimeGoesBy(succeed(server, yield* accept(server, runner, first.id)))
      assert.isAbove(watch.count("RunnerStore.touch"), 3)
    })
  )
})

describe("a contact", () => {
  it.effect("is written at most once in the contact interval", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess({ ...watch, settings: { contactInterval: Duration.seconds(30) } })
      const runner = yield* register(server)
      yield* Effect.repeatN(request(server, runner), 9)
      assert.strictEqual(watch.count("RunnerStore.touch"), 0)
      yield* TestClock.adjust("29 seconds")
      yield* request(server, runner)
      assert.strictEqual(watch.count("RunnerStore.touch"), 0)
      yield* TestClock.adjust("1 second")
      yield* Effect.repeatN(request(server, runner), 9)
      assert.strictEqual(watch.count("RunnerStore.touch"), 1)
    })
  )

  it.effect("is written at once when the version is new, and a version once known stays", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { token } = yield* register(server)
      const ask = (caller: typeof nobody) =>
        server.jobs.request({ runnerToken: token, jobTypes: Option.none(), caller })
      const stored = Effect.map(server.runners.authenticate(token), (runner) => runner.version)
      yield* ask(version("0.3.0"))
      deepStrictEqual(yield* stored, Option.some("0.3.0"))
      yield* ask(version("0.3.0"))
      yield* ask(nobody)
      assert.strictEqual(watch.count("RunnerStore.touch"), 1)
      yield* ask(version("0.4.0"))
      yield* TestClock.adjust("1 minute")
      yield* ask(nobody)
      deepStrictEqual(yield* stored, Option.some("0.4.0"))
      assert.strictEqual(watch.count("RunnerStore.touch"), 3)
    })
  )
})

describe("every call of a runner", () => {
  const version = Option.some("0.9.0")
  const caller = { ip: Option.some("10.0.0.9"), version }
  type Call = (server: Process, runner: Registered, held: Held) => Effect.Effect<unknown, unknown>
  const calls: Readonly<Record<string, Call>> = {
    request: (server, { token }) => server.jobs.request({ runnerToken: token, jobTypes: Option.none(), caller }),
    accept: (server, { token }, { job }) =>
      Effect.forEach(jobsOf(server.world), ({ id }) =>
        id === job.id ? Effect.void : server.jobs.accept({ id, runnerToken: token, caller })
      ),
    update: (server, _, { claim }) =>
      server.jobs.update({ ...claim, caller, progress: Option.none(), payload: undefined }),
    error: (server, _, { claim }) => server.jobs.error({ ...claim, caller, message: "no" }),
    abort: (server, _, { claim }) => server.jobs.abort({ ...claim, caller, reason: "stopped" }),
    success: (server, _, { claim, job }) =>
      asTimeGoesBy(server.jobs.success({ ...claim, ...resultFor(server.world, job), caller }))
  }
  for (const [name, call] of Object.entries(calls)) {
    it.effect(`is noted: ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        const { held, runner } = yield* aHeldJob(server)
        yield* TestClock.adjust("10 minutes")
        const before = yield* server.runners.authenticate(runner.token)
        yield* Effect.orDie(call(server, runner, held))
        const after = yield* server.runners.authenticate(runner.token)
        deepStrictEqual([after.ip, after.version], [caller.ip, version])
        assert.isAbove(DateTime.distance(before.lastContact, after.lastContact), 0)
      })
    )
  }
})

it.effect("tokens are neither stored nor logged", () =>
  Effect.gen(function* () {
    const watch = makeWatch()
    const server = yield* aProcess(watch)
    const [stored, log] = yield* withLog(
      Effect.gen(function* () {
        const runner = yield* register(server)
        yield* takeIn(server)
        yield* outcome(server.runners.authenticate(someToken))
        const [first, second] = yield* request(server, runner)
        assert.isDefined(first)
        assert.isDefined(second)
        yield* asTimeGoesBy(succeed(server, yield* accept(server, runner, first.id)))
        const { claim } = yield* accept(server, runner, second.id)
        const stored = yield* snapshot(server.world)
        watch.breakDown(() => true)
        yield* outcome(server.jobs.error({ ...claim, message: "no" }))
        watch.breakDown(() => false)
        yield* server.jobs.error({ ...claim, message: "no" })
        yield* server.runners.unregister(runner.token)
        return stored
      }).pipe(Effect.provideService(StateChanges, [logChanges]))
    )
    assert.notMatch(JSON.stringify(stored), /ptrr?t-|ptrjt-/)
    assert.match(log, /A runner has registered/)
    assert.match(log, /A job was accepted/)
    assert.notMatch(log, /ptrr?t-|ptrjt-/)
    assert.match(JSON.stringify(stored.runners), /"tokenHash":"[0-9a-f]{64}"/)
  })
)
