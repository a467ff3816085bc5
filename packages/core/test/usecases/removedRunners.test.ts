import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { eventually } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { acceptNext, jobOf, type Registered, register, succeed, takeIn } from "../support/actions.ts"
import { makeGate } from "../support/gate.ts"
import { aRunningLive } from "../support/live.ts"
import { aProcess, type Process } from "../support/Process.ts"

const idOf = (server: Process, { token }: Registered) => Effect.map(server.runners.authenticate(token), ({ id }) => id)

/** The ways in which a runner is removed. */
const removals: Readonly<Record<string, (server: Process, runner: Registered) => Effect.Effect<unknown, unknown>>> = {
  "is deleted": (server, runner) => Effect.flatMap(idOf(server, runner), server.runners.remove),
  "is deleted with its registration token": (server, runner) =>
    Effect.flatMap(server.runners.authenticate(runner.token), ({ registrationTokenId }) =>
      server.runners.removeRegistrationToken(registrationTokenId)
    ),
  "unregisters itself": (server, runner) => server.runners.unregister(runner.token)
}

describe("a runner that is removed", () => {
  for (const [how, remove] of Object.entries(removals)) {
    it.effect(`and ${how} loses its jobs at once, without a failure`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        const [leaving, other] = [yield* register(server, "leaving"), yield* register(server, "other")]
        yield* takeIn(server)
        const lost = [yield* acceptNext(server, leaving), yield* acceptNext(server, leaving)]
        const pings = server.world.pings
        yield* remove(server, leaving)
        for (const { job } of lost) {
          const now = jobOf(server.world, job.id)
          deepStrictEqual([now.state, now.failures, now.stalls], ["Pending", 0, 0])
          const end = Option.flatMap(Option.fromNullable(now.attempts.at(-1)), (attempt) => attempt.end)
          deepStrictEqual(
            Option.flatMap(end, ({ message }) => message),
            Option.some("The runner was removed")
          )
        }
        assert.isAbove(server.world.pings, pings, "other runners are called")
        const again = yield* acceptNext(server, other)
        assert.strictEqual(again.job.id, lost[0]?.job.id)
      })
    )
  }

  it.effect("leaves the result alone that is being stored", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const held = yield* acceptNext(server, runner)
      const handedIn = yield* Effect.fork(succeed(server, held))
      yield* eventually(Effect.sync(gate.waiting), (waiting) => waiting > 0)
      yield* server.runners.remove(yield* idOf(server, runner))
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Completing")
      yield* gate.open
      yield* Effect.ignore(handedIn)
    })
  )

  it.effect("ends the live that it was transcoding", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aRunningLive(server)
      yield* server.runners.remove(Option.getOrThrow(held.job.runnerId))
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Errored")
      assert.include(
        server.world.told.map(({ hook }) => hook),
        "liveEnded"
      )
    })
  )
})
