import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Fiber, TestClock } from "effect"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import { until } from "../../src/testing/eventually.ts"
import { aHeldJob, jobOf, succeed, videoOf } from "../support/actions.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, startProcess } from "../support/Process.ts"
import { aResult } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"

describe("storing that takes long", () => {
  it.effect("is answered after a while and goes on, and nobody takes it for abandoned", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const other = yield* startProcess(server.world)
      const { held } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const result = aResult(server.world, 360)
      const answer = yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)

      yield* TestClock.adjust("29 seconds")
      assert.isNull(answer.unsafePoll())
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(answer)
      for (let minutes = 0; minutes < 10; minutes++) {
        yield* TestClock.adjust("1 minute")
        yield* other.upkeep
      }
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Completing")
      assert.strictEqual(result.released(), 0)

      yield* gate.open
      yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
      const job = jobOf(server.world, held.job.id)
      deepStrictEqual([job.state, job.failures, job.stalls], ["Completed", 0, 0])
      assert.strictEqual(server.world.told.at(-1)?.hook, "transcodingEnded")
      yield* assertConsistent(server.world)
    })
  )

  it.effect("goes on when the runner is removed meanwhile", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const other = yield* startProcess(server.world)
      const { held, runner } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const result = aResult(server.world, 360)
      yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      yield* server.runners.unregister(runner.token)
      yield* TestClock.adjust("5 minutes")
      yield* other.upkeep
      yield* gate.open
      yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
      const job = jobOf(server.world, held.job.id)
      deepStrictEqual([job.state, job.failures], ["Completed", 0])
    })
  )

  it.effect("ends quietly when the video is not there any more", () =>
    Effect.gen(function* () {
      for (const call of ["MediaProbe.probe", "FileStorage.adopt", "FileStorage.write"]) {
        let isArmed = false
        const gate = yield* makeGate(call, { isClosed: () => isArmed })
        const server = yield* aProcess(gate)
        const { held, video } = yield* aHeldJob(server)
        const before = yield* server.world.files
        isArmed = true
        const result = aResult(server.world, 360)
        yield* Effect.fork(succeed(server, held, result))
        yield* until("the result is being stored", () => gate.waiting() === 1)
        yield* Context.get(server.world.ports, VideoStore).remove(videoOf(server.world, video))
        yield* gate.open
        yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
        assert.strictEqual(jobOf(server.world, held.job.id).state, "Completed")
        deepStrictEqual(yield* server.world.files, before)
        deepStrictEqual(server.world.told, [])
      }
    })
  )
})
