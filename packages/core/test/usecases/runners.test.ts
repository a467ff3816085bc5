import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Option, Redacted, TestClock } from "effect"
import { RegistrationTokenId, RunnerId } from "../../src/domain/Ids.ts"
import { accept, register, request, succeed, takeIn } from "../support/actions.ts"
import { makeWatch, outcome, withLog } from "../support/calls.ts"
import { aProcess, nobody } from "../support/Process.ts"
import { snapshot } from "../support/snapshot.ts"
import { asTimeGoesBy } from "../support/time.ts"

const someToken = Redacted.make("ptrt-00000000-0000-4000-8000-000000000000")
const version = (text: string) => ({ ip: Option.none<string>(), version: Option.some(text) })
const anyRunner = { name: "gpu-1", description: Option.none<string>(), ...nobody }

describe("registering", () => {
  it.effect("makes a runner that its token finds", () =>
    Effect.gen(function* () {
      const { runners } = yield* aProcess()
      const { registrationToken } = yield* runners.createRegistrationToken
      const { runner, runnerToken } = yield* runners.register({
        registrationToken,
        name: "gpu-1",
        description: Option.some("in the cellar"),
        ip: Option.some("10.0.0.7"),
        version: Option.some("0.4.0")
      })
      assert.match(Redacted.value(registrationToken), /^ptrrt-[0-9a-f-]{36}$/)
      assert.match(Redacted.value(runnerToken), /^ptrt-[0-9a-f-]{36}$/)
      assert.deepStrictEqual(yield* runners.authenticate(runnerToken), runner)
      assert.deepStrictEqual(runner.description, Option.some("in the cellar"))
      assert.deepStrictEqual(runner.version, Option.some("0.4.0"))
    })
  )

  it.effect("is refused without a registration token that is known", () =>
    Effect.gen(function* () {
      const { runners, world } = yield* aProcess()
      const result = runners.register({ registrationToken: Redacted.make("ptrrt-no"), ...anyRunner })
      assert.strictEqual(yield* outcome(result), "UnknownRegistrationToken")
      assert.strictEqual(world.state.runners.size, 0)
    })
  )

  it.effect("is refused under a name that is taken, until that runner has gone", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const first = yield* register(server, "gpu-1")
      const { registrationToken } = yield* server.runners.createRegistrationToken
      const again = server.runners.register({ registrationToken, ...anyRunner })
      assert.strictEqual(yield* outcome(again), "RunnerNameTaken")
      yield* server.runners.unregister(first.token)
      assert.strictEqual(yield* outcome(again), "ok")
    })
  )

  it.effect("works any number of times with one registration token, which takes its runners with it", () =>
    Effect.gen(function* () {
      const { runners, world } = yield* aProcess()
      const { record, registrationToken } = yield* runners.createRegistrationToken
      const { runnerToken } = yield* runners.register({ ...anyRunner, registrationToken, name: "a" })
      yield* runners.register({ ...anyRunner, registrationToken, name: "b" })
      const listed = yield* runners.listRegistrationTokens({ start: 0, count: 10 })
      assert.deepStrictEqual(
        listed.data.map((token) => token.runners),
        [2]
      )
      assert.strictEqual(record.hint, Redacted.value(registrationToken).slice(-4))
      assert.isTrue(yield* runners.removeRegistrationToken(record.id))
      assert.isFalse(yield* runners.removeRegistrationToken(RegistrationTokenId.make(999)))
      assert.strictEqual(world.state.runners.size, 0)
      assert.strictEqual(yield* outcome(runners.authenticate(runnerToken)), "UnknownRunner")
    })
  )
})

describe("a runner that is gone", () => {
  it.effect("is unknown, and its jobs are not found with its token", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      yield* takeIn(server)
      const [first] = yield* request(server, runner)
      assert.isDefined(first)
      const { claim } = yield* accept(server, runner, first.id)
      yield* server.runners.unregister(runner.token)
      assert.strictEqual(yield* outcome(server.runners.unregister(runner.token)), "UnknownRunner")
      assert.strictEqual(yield* outcome(request(server, runner)), "UnknownRunner")
      assert.strictEqual(yield* outcome(server.jobs.fail({ ...claim, message: "" })), "UnknownJob")
    })
  )

  it.effect("is removed by number, once", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { runners } = server
      const { id } = yield* runners.authenticate((yield* register(server)).token)
      assert.deepStrictEqual([...(yield* runners.byIds([id, RunnerId.make(999)])).keys()], [id])
      assert.isTrue(yield* runners.remove(id))
      assert.isFalse(yield* runners.remove(id))
      assert.deepStrictEqual(yield* runners.list({ start: 0, count: 10 }), { total: 0, data: [] })
    })
  )
})

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
      watch.breakDown((call) => call.startsWith("RunnerStore."))
      const calls = [
        server.runners.authenticate(runner.token),
        server.runners.unregister(runner.token),
        request(server, runner),
        accept(server, runner, second.id),
        server.jobs.update({ ...claim, progress: Option.none(), payload: undefined }),
        server.jobs.fail({ ...claim, message: "no" }),
        server.jobs.abort({ ...claim, reason: "no" }),
        succeed(server, { job: first, claim })
      ]
      const outcomes = yield* Effect.forEach(calls, (call) => outcome(call as Effect.Effect<unknown, { _tag: string }>))
      assert.deepStrictEqual(
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
      assert.deepStrictEqual(yield* stored, Option.some("0.3.0"))
      yield* ask(version("0.3.0"))
      yield* ask(nobody)
      assert.strictEqual(watch.count("RunnerStore.touch"), 1)
      yield* ask(version("0.4.0"))
      yield* TestClock.adjust("1 minute")
      yield* ask(nobody)
      assert.deepStrictEqual(yield* stored, Option.some("0.4.0"))
      assert.strictEqual(watch.count("RunnerStore.touch"), 3)
    })
  )
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
        yield* outcome(server.jobs.fail({ ...claim, message: "no" }))
        watch.breakDown(() => false)
        yield* server.jobs.fail({ ...claim, message: "no" })
        yield* server.runners.unregister(runner.token)
        return stored
      })
    )
    assert.notMatch(JSON.stringify(stored), /ptrr?t-|ptrjt-/)
    assert.match(log, /A runner has registered/)
    assert.match(log, /A try has ended/)
    assert.notMatch(log, /ptrr?t-|ptrjt-/)
    assert.match(JSON.stringify(stored.runners), /"tokenHash":"[0-9a-f]{64}"/)
  })
)
