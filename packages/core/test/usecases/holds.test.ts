import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, aVideoId } from "@runner-connector/contracts"
import { Context, Duration, Effect, TestClock } from "effect"
import { JobStore } from "../../src/ports/JobStore.ts"
import { accept, register, request } from "../support/actions.ts"
import { aProcess, type Process } from "../support/Process.ts"

const privatePayload = { videoId: aVideoId(), place: { destination: "videos/cat", baseName: null } }

/** A server with a job. */
const withJob = Effect.gen(function* () {
  const server = yield* aProcess()
  const payload = { output: { resolution: 360, fps: 25, separatedAudio: false } }
  const add = Effect.suspend(() => {
    const job = aJob({ payload, privatePayload })
    return Effect.as(Context.get(server.world.ports, JobStore).insert([job]), job)
  })
  return { server, add, job: yield* add }
})

const isShownTo = (server: Process, name: string) =>
  Effect.map(
    Effect.flatMap(register(server, name), (runner) => request(server, runner)),
    (found) => found.length > 0
  )

/** Whether others are shown the job at once, just before this time has passed, and then. */
const heldFor = (server: Process, time: Duration.DurationInput) =>
  Effect.gen(function* () {
    yield* TestClock.adjust("1 millis")
    const first = yield* isShownTo(server, "first")
    yield* TestClock.adjust(Duration.subtract(Duration.decode(time), "2 millis"))
    const before = yield* isShownTo(server, "second")
    yield* TestClock.adjust("1 millis")
    return { first, before, after: yield* isShownTo(server, "third") }
  })

const held = { first: false, before: false, after: true }

/** A runner is shown the job of the server, and accepts after this time. */
const acceptAfter = (time: Duration.DurationInput) =>
  Effect.gen(function* () {
    const { add, job, server } = yield* withJob
    const slow = yield* register(server, "slow")
    yield* request(server, slow)
    yield* TestClock.adjust(time)
    yield* accept(server, slow, job.id)
    yield* add
    return server
  })

describe("the first job of a request", () => {
  it.effect("is shown to no other runner for two seconds", () =>
    Effect.gen(function* () {
      const { server } = yield* withJob
      yield* request(server, yield* register(server))
      deepStrictEqual(yield* heldFor(server, "2 seconds"), held)
    })
  )

  it.effect("is kept three times as long as a runner took to accept", () =>
    Effect.gen(function* () {
      const server = yield* acceptAfter("1 second")
      yield* request(server, yield* register(server))
      deepStrictEqual(yield* heldFor(server, "3 seconds"), held)
    })
  )

  it.effect("is kept for ten seconds at most, however long a runner took", () =>
    Effect.gen(function* () {
      const server = yield* acceptAfter("1 hour")
      yield* request(server, yield* register(server))
      deepStrictEqual(yield* heldFor(server, "10 seconds"), held)
    })
  )

  it.effect("is kept for two seconds again ten seconds after the slow accept", () =>
    Effect.gen(function* () {
      const server = yield* acceptAfter("1 hour")
      yield* TestClock.adjust("10 seconds")
      yield* request(server, yield* register(server))
      deepStrictEqual(yield* heldFor(server, "2 seconds"), held)
    })
  )

  it.effect("is kept by the slowest of the last accepts", () =>
    Effect.gen(function* () {
      const server = yield* acceptAfter("2 seconds")
      const quick = yield* register(server, "quick")
      const [job] = yield* request(server, quick)
      if (job !== undefined) yield* accept(server, quick, job.id)
      yield* Context.get(server.world.ports, JobStore).insert([aJob({ ...job, id: aJob().id })])
      yield* request(server, yield* register(server))
      deepStrictEqual(yield* heldFor(server, "6 seconds"), held)
    })
  )
})
