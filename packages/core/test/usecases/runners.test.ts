import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option, Redacted } from "effect"
import { RegistrationTokenId, RunnerId } from "../../src/domain/Ids.ts"
import { accept, register, request, takeIn } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aProcess, nobody } from "../support/Process.ts"

const anyRunner = { name: "gpu-1", description: Option.none<string>(), ...nobody }

describe("registering", () => {
  it.effect("makes a runner that its token finds", () =>
    Effect.gen(function* () {
      const { runners } = yield* aProcess()
      const { registrationToken } = yield* runners.createRegistrationToken()
      const { runner, runnerToken } = yield* runners.register({
        registrationToken,
        name: "gpu-1",
        description: Option.some("in the cellar"),
        ip: Option.some("10.0.0.7"),
        version: Option.some("0.4.0")
      })
      assert.match(Redacted.value(registrationToken), /^ptrrt-[0-9a-f-]{36}$/)
      assert.match(Redacted.value(runnerToken), /^ptrt-[0-9a-f-]{36}$/)
      deepStrictEqual(yield* runners.authenticate(runnerToken), runner)
      deepStrictEqual(runner.description, Option.some("in the cellar"))
      deepStrictEqual(runner.version, Option.some("0.4.0"))
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
      const { registrationToken } = yield* server.runners.createRegistrationToken()
      const again = server.runners.register({ registrationToken, ...anyRunner })
      assert.strictEqual(yield* outcome(again), "RunnerNameTaken")
      yield* server.runners.unregister(first.token)
      assert.strictEqual(yield* outcome(again), "ok")
    })
  )

  it.effect("works any number of times with one registration token, which takes its runners with it", () =>
    Effect.gen(function* () {
      const { runners, world } = yield* aProcess()
      const { record, registrationToken } = yield* runners.createRegistrationToken()
      const { runnerToken } = yield* runners.register({ ...anyRunner, registrationToken, name: "a" })
      yield* runners.register({ ...anyRunner, registrationToken, name: "b" })
      const listed = yield* runners.listRegistrationTokens({ start: 0, count: 10 })
      deepStrictEqual(
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
      assert.strictEqual(yield* outcome(server.jobs.error({ ...claim, message: "" })), "UnknownJob")
    })
  )

  it.effect("is removed by number, once", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { runners } = server
      const { id } = yield* runners.authenticate((yield* register(server)).token)
      deepStrictEqual([...(yield* runners.byIds([id, RunnerId.make(999)])).keys()], [id])
      assert.isTrue(yield* runners.remove(id))
      assert.isFalse(yield* runners.remove(id))
      deepStrictEqual(yield* runners.list({ start: 0, count: 10 }), { total: 0, data: [] })
    })
  )
})
