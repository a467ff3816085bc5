import { writeSync } from "node:fs"
import { NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { aJob } from "@runner-connector/contracts"
import { consume, Event, Ids, JobStore } from "@runner-connector/core"
import { Effect, Layer, Logger, LogLevel, Option, Random, Redacted } from "effect"
import { SqlStores } from "../../src/index.ts"
import { type Delivery, EVENTS_PER_JOB, type Order } from "./order.ts"

/** A process that writes events and delivers them, until it is killed. Continues where others were killed. */
const order = JSON.parse(process.argv[2] ?? "") as Order

const pause = Effect.flatMap(Random.nextIntBetween(1, 15), (millis) => Effect.sleep(millis))

/** Each write adds one event: the job is inserted, then accepted and given back by turns. */
const write = ({ id, videoId }: Order["jobs"][number]) =>
  Effect.gen(function* () {
    const store = yield* JobStore.JobStore
    const jobId = Ids.JobId.make(id)
    const [job] = yield* store.family(jobId)
    if (job === undefined) {
      return yield* store.insert([aJob({ id: jobId, videoId: Option.some(Ids.VideoId.make(videoId)) })])
    }
    if (job.revision >= EVENTS_PER_JOB - 1) return yield* Effect.fail("done" as const)
    yield* store.commit([{ ...job, state: job.state === "Pending" ? "Processing" : "Pending" }])
  })

const writeAll = (job: Order["jobs"][number]) => Effect.ignore(Effect.forever(Effect.zipRight(pause, write(job))))

/** The pipe keeps written lines when the process is killed. */
const deliver = ({ id, videoId }: Event.Event) =>
  Effect.zipRight(
    pause,
    Effect.sync(() => {
      const delivery: Delivery = { id, videoId: Option.getOrElse(videoId, () => "") }
      writeSync(1, `${JSON.stringify(delivery)}\n`)
    })
  )

const program = Effect.gen(function* () {
  yield* consume({
    name: "hooks",
    types: new Set(Event.eventTypes),
    handle: deliver,
    timeout: "30 seconds",
    lease: "300 millis"
  })
  yield* Effect.forEach(order.jobs, writeAll, { concurrency: "unbounded", discard: true })
  yield* Effect.never
})

const database = PgClient.layer({ url: Redacted.make(order.url), maxConnections: 5 })

NodeRuntime.runMain(
  Effect.scoped(program).pipe(
    Effect.provide(Layer.provideMerge(SqlStores.layerWithoutMigrations, database)),
    Logger.withMinimumLogLevel(LogLevel.None)
  )
)
