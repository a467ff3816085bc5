import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Fiber, Option } from "effect"
import { UploadError } from "../../src/jobs/UploadedFile.ts"
import { until } from "../../src/testing/eventually.ts"
import { aHeldJob, jobOf, videoOf } from "../support/actions.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess } from "../support/Process.ts"
import { aResult } from "../support/results.ts"

/** A runner submits a result whose files are on the disk once `synced` completes. */
const submit = (synced: Effect.Effect<void, UploadError>) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { held, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
    const result = aResult(server.world, 360)
    const { payload, release } = result
    const answer = yield* Effect.fork(server.jobs.success({ ...held.claim, payload, release, synced }))
    return { server, video, held, result, answer }
  })

describe("a result that the system brings to the disk", () => {
  it.effect("is checked meanwhile, and is published and answered afterwards", () =>
    Effect.gen(function* () {
      const onDisk = yield* Deferred.make<void>()
      const { answer, held, result, server, video } = yield* submit(Deferred.await(onDisk))
      yield* until("the result is stored", () => !server.world.disk.has(result.payload.videoFile.path))
      deepStrictEqual([jobOf(server.world, held.job.id).state, answer.unsafePoll()], ["Completing", null])
      assert.strictEqual(videoOf(server.world, video).files.length, 0)

      yield* Deferred.succeed(onDisk, undefined)
      yield* Fiber.join(answer)
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Completed")
      assert.strictEqual(videoOf(server.world, video).files.length, 1)
      yield* assertConsistent(server.world)
    })
  )

  it.effect("is withdrawn when that fails, without a fault of the runner", () =>
    Effect.gen(function* () {
      const { answer, held, result, server, video } = yield* submit(new UploadError({ cause: new Error("EIO") }))
      yield* Fiber.join(answer)
      const job = jobOf(server.world, held.job.id)
      assert.strictEqual(job.state, "Pending")
      const ends = job.attempts.flatMap(({ end }) => Option.toArray(end))
      deepStrictEqual(
        ends.map(({ fault, message }) => [Option.getOrNull(message), fault]),
        [["The result could not be brought to the disk", undefined]]
      )
      assert.strictEqual(videoOf(server.world, video).files.length, 0)
      assert.strictEqual(result.released(), 1)
      yield* assertConsistent(server.world)
    })
  )
})
