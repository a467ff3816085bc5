import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Option, TestClock } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import { until } from "../../src/testing/eventually.ts"
import { acceptNext, type Held, jobOf, type Registered, register, succeed, takeIn } from "../support/actions.ts"
import { interleave } from "../support/interleave.ts"
import { assertNothingLeft } from "../support/invariants.ts"
import type { Process } from "../support/Process.ts"
import { aResult, type Result } from "../support/results.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import type { World } from "../support/World.ts"

interface Given {
  readonly runner: Registered
  readonly video: Video
  readonly held: Held
  readonly result: Result
}

const given = (server: Process): Effect.Effect<Given> =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360] } })
    const held = yield* Effect.orDie(acceptNext(server, runner))
    return { runner, video, held, result: aResult(server.world, 360) }
  })

const anew = (all: Given, world: World): Given => ({ ...all, result: aResult(world, 360) })

const when = (server: Process, { held, result }: Given) => succeed(server, held, result)

/** The storing that goes on behind an answer has come to its end when the uploads are let go. */
const released = (result: Result) => asTimeGoesBy(until("the uploads were let go", () => result.released() > 0))

const isTold = ({ world }: Process): boolean => world.told.some(({ hook }) => hook === "renditionReady")

let points = 0
afterAll(() => console.info(`A server that takes a result was interrupted at ${points} points.`))

describe("while a server takes a result, at each point,", { timeout: 300_000 }, () => {
  it.effect("the runner hangs up, and the result is stored all the same", () =>
    Effect.gen(function* () {
      const count = yield* interleave({
        given,
        anew,
        when,
        meanwhile: ({ fiber }) => Fiber.interrupt(fiber),
        afterwards: (other, { held, result, runner }) =>
          Effect.gen(function* () {
            yield* released(result)
            assert.strictEqual(jobOf(other.world, held.job.id).state, "Completed")
            assert.isTrue(isTold(other))
            yield* goOn(other, runner)
            assert.strictEqual(result.released(), 1)
          })
      })
      assert.isAbove(count, 20)
      points += count
    })
  )

  it.effect("a stopping server gives unpublished jobs back to the queue without a failure", () =>
    Effect.gen(function* () {
      const states: Array<string> = []
      const count = yield* interleave({
        given,
        anew,
        when,
        meanwhile: ({ server }) => server.stop,
        afterwards: (other, { held, result, runner }) =>
          Effect.gen(function* () {
            yield* released(result)
            const job = jobOf(other.world, held.job.id)
            assert.include(["Pending", "Completed"], job.state)
            assert.strictEqual(job.failures, 0)
            assert.strictEqual(isTold(other), job.state === "Completed", "hooks report exactly the published jobs")
            states.push(job.state)
            yield* goOn(other, runner)
            assert.strictEqual(jobOf(other.world, held.job.id).state, "Completed")
            assert.strictEqual(result.released(), 1)
          })
      })
      assert.includeMembers(states, ["Pending", "Completed"])
      points += count
    })
  )

  it.effect("another server takes the job for abandoned, and nothing of the late result is kept", () =>
    Effect.gen(function* () {
      const count = yield* interleave({
        given,
        anew,
        when,
        meanwhile: ({ other }) => Effect.zipRight(TestClock.adjust("10 minutes"), other.upkeep),
        afterwards: (other, { held, result, runner }) =>
          Effect.gen(function* () {
            yield* released(result)
            yield* goOn(other, runner)
            const job = jobOf(other.world, held.job.id)
            assert.strictEqual(job.state, "Completed")
            assert.isAtMost(job.failures + job.stalls, 1)
            assert.strictEqual(result.released(), 1)
          })
      })
      points += count
    })
  )

  it.effect("the video is removed, and nothing comes back", () =>
    Effect.gen(function* () {
      const count = yield* interleave({
        given,
        anew,
        when,
        meanwhile: ({ given: { video }, other }) => other.removal.removeVideo(video.id),
        afterwards: (other, { held, result, video }) =>
          Effect.gen(function* () {
            yield* released(result)
            assert.isTrue(Option.isNone(Option.fromNullable(other.world.state.videos.get(video.id))))
            assert.include(["Cancelled", "Completed"], jobOf(other.world, held.job.id).state)
            yield* assertNothingLeft(other.world)
            assert.strictEqual(result.released(), 1)
          })
      })
      points += count
    })
  )
})

describe("while a server removes a video, at each point,", { timeout: 300_000 }, () => {
  it.effect("another server publishes a rendition of it, and nothing is left of that", () =>
    Effect.gen(function* () {
      points += yield* interleave({
        given,
        anew,
        when: (server, { video }) => server.removal.removeVideo(video.id),
        meanwhile: ({ given: { held, result }, other }) => succeed(other, held, result),
        afterwards: (other, { held, result, video }) =>
          Effect.gen(function* () {
            yield* released(result)
            assert.isFalse(other.world.state.videos.has(video.id))
            assert.include(["Cancelled", "Completed"], jobOf(other.world, held.job.id).state)
            yield* assertNothingLeft(other.world)
          })
      })
    })
  )
})
