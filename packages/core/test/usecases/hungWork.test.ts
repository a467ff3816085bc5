import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Option, TestClock } from "effect"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, type Held, jobOf, register, takeIn } from "../support/actions.ts"
import { aProcess, type Process } from "../support/Process.ts"

const settings = { progressSilence: Duration.minutes(30), vodRunTime: Duration.hours(10) }

/** The runner reports each minute, like the real one, also without progress. */
const reportFor = (server: Process, { claim, job }: Held, minutes: number, progressAt: (minute: number) => number) =>
  Effect.gen(function* () {
    for (let minute = 1; minute <= minutes; minute++) {
      yield* TestClock.adjust("1 minute")
      if (jobOf(server.world, job.id).state !== "Processing") return minute
      yield* server.jobs.update({ ...claim, progress: Option.some(progressAt(minute)), payload: undefined })
      yield* server.upkeep
    }
    return minutes
  })

const begun = (duration: number) =>
  Effect.gen(function* () {
    const server = yield* aProcess({ settings })
    const runner = yield* register(server)
    const request = { plan: { graph: "parallel" }, settings: { resolutions: [360] } } as const
    yield* takeIn(server, { source: Media.aVideo({ seconds: duration }), ...request })
    return { server, held: yield* acceptNext(server, runner) }
  })

describe("a runner that reports without progress", () => {
  it.effect("loses its job after the limit and four times the duration of the video, and not before", () =>
    Effect.gen(function* () {
      const { held, server } = yield* begun(300)
      yield* reportFor(server, held, 49, () => 12)
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Processing")
      yield* reportFor(server, held, 4, () => 12)
      const job = jobOf(server.world, held.job.id)
      deepStrictEqual([job.state, job.failures, job.stalls], ["Pending", 0, 1])
      const end = Option.getOrThrow(job.attempts[0]?.end ?? Option.none())
      deepStrictEqual(
        [end.outcome, end.message],
        ["stalled", Option.some("The progress did not change for more than 50m")]
      )
    })
  )

  it.effect("keeps its job as long as the progress moves, until the longest time for an attempt is over", () =>
    Effect.gen(function* () {
      const { held, server } = yield* begun(60)
      yield* reportFor(server, held, 599, (minute) => Math.floor(minute / 20))
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Processing")
      yield* reportFor(server, held, 3, () => 50)
      const job = jobOf(server.world, held.job.id)
      deepStrictEqual([job.state, job.stalls], ["Pending", 1])
      assert.include(JSON.stringify(job.attempts), "The attempt took longer than 10h")
    })
  )
})
