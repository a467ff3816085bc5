import { assert, layer } from "@effect/vitest"
import { aJob, aRegisteredRunner, aTokenHash, someMoment } from "@runner-connector/contracts"
import { JobStore } from "@runner-connector/core"
import { Effect, Fiber, Layer, Option, Tracer } from "effect"
import { SqlStores } from "../src/index.ts"
import { bystander, forkUntilItWaits, withLockedJob } from "./openTransactions.ts"
import { usePostgres } from "./postgresServer.ts"

const stores = SqlStores.layerStores.pipe(Layer.provideMerge(usePostgres().database))

const untraced = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => effect

/** Runs under a tracer of the host's. */
const readSpans = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.tracer, (own) =>
    Effect.withTracer(effect, Tracer.make({ span: own.span.bind(own), context: own.context.bind(own) }))
  )

layer(stores, { excludeTestServices: true, timeout: "5 minutes" })("a call that is interrupted", (it) => {
  it.scoped("returns at once from an interruption, and finishes the statement in the background", () =>
    Effect.gen(function* () {
      const jobs = yield* JobStore.JobStore
      const sql = yield* bystander
      const job = aJob()
      yield* jobs.insert([job])
      const interruptInTheMiddle = Effect.gen(function* () {
        const commit = yield* forkUntilItWaits(sql, jobs.commit([job]))
        yield* Fiber.interrupt(commit)
        assert.strictEqual((yield* jobs.family(job.id))[0]?.revision, 0)
      })
      yield* withLockedJob(sql, job, interruptInTheMiddle)
      yield* jobs
        .family(job.id)
        .pipe(Effect.repeat({ until: ([stored]) => stored?.revision === 1 }), Effect.timeout("2 minutes"))
    })
  )

  for (const [when, traced] of Object.entries({ "nobody reads spans": untraced, "a tracer reads spans": readSpans })) {
    it.scoped(`lets an interrupted heartbeat run on while ${when}`, () =>
      Effect.gen(function* () {
        const jobs = yield* JobStore.JobStore
        const sql = yield* bystander
        const runner = yield* aRegisteredRunner()
        const jobTokenHash = aTokenHash()
        const job = aJob({
          ...{ state: "Processing", runnerId: Option.some(runner.id) },
          jobTokenHash: Option.some(jobTokenHash)
        })
        yield* jobs.insert([job])
        const beat = { ...{ id: job.id, at: someMoment, progress: Option.some(7) }, jobTokenHash }
        const interruptInTheMiddle = Effect.gen(function* () {
          const heartbeat = jobs.heartbeat({ ...beat, runnerTokenHash: runner.tokenHash })
          const fiber = yield* forkUntilItWaits(sql, traced(heartbeat))
          yield* Fiber.interrupt(fiber)
          assert.strictEqual((yield* jobs.family(job.id))[0]?.revision, 0)
        })
        yield* withLockedJob(sql, job, interruptInTheMiddle)
        const found = yield* jobs
          .family(job.id)
          .pipe(Effect.repeat({ until: ([stored]) => stored?.revision === 1 }), Effect.timeout("2 minutes"))
        assert.deepStrictEqual(found[0]?.progress, Option.some(7))
      })
    )
  }
})
