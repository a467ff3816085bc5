import { assert, describe, it } from "@effect/vitest"
import { aJob, demandFor } from "@runner-connector/contracts"
import { Effect, Redacted } from "effect"
import { usePostgres } from "../../packages/persistence-sql/test/postgresServer.ts"
import { until } from "../e2e/support/waiting.ts"
import { redis } from "./redis.ts"
import { sentinel } from "./sentinel.ts"
import type { Broker } from "./support/brokers.ts"
import { twoProcesses } from "./support/twoProcesses.ts"

const postgres = usePostgres()

/** One measurement. */
const PINGS = 30

/** The required time between the commit of a job and its ping at a runner of another process, in milliseconds. */
const LIMIT = 25

const brokers = {
  postgres: (database: string) => Effect.succeed<Broker>({ kind: "postgres", url: database }),
  redis: () => Effect.map(redis(), ({ url }): Broker => ({ kind: "redis", url })),
  sentinel: () => Effect.map(sentinel, ({ name, ports }): Broker => ({ kind: "sentinel", master: name, ports }))
}

const milliseconds = (time: number): string => `${time.toFixed(1)} ms`

for (const [name, start] of Object.entries(brokers)) {
  describe(`two processes with ${name}`, () => {
    it.scopedLive(
      "deliver a ping to a runner that is connected to the other one, within 25 ms of the commit",
      () =>
        Effect.gen(function* () {
          const database = Redacted.value(yield* postgres.migratedAddress)
          const { jobs, known, notifier, runners } = yield* twoProcesses({
            broker: yield* start(database),
            database,
            runners: 1
          })
          yield* known
          const [runner] = runners
          if (runner === undefined) return assert.fail("no runner")
          const ping = Effect.gen(function* () {
            const pinged = new Promise<number>((resolve) =>
              runner.socket.once("available-jobs", () => resolve(performance.now()))
            )
            yield* jobs.insert([aJob()])
            const committed = performance.now()
            yield* notifier.availableJobs(demandFor(1))
            return (yield* Effect.promise(() => pinged)) - committed
          })
          const median = Effect.map(
            Effect.replicateEffect(ping, PINGS),
            (times) => times.toSorted((a, b) => a - b)[PINGS / 2] ?? Number.NaN
          )
          // Other work of a busy machine delays some measurements. An interval would delay all of them.
          const time = yield* until(`half of ${PINGS} pings arrive in time`, median, (millis) => millis < LIMIT)
          console.log(`${name}: ${PINGS} pings, median ${milliseconds(time)}`)
        }),
      300_000
    )

    it.scopedLive("ping as many runners as there are jobs plus four, and disconnect a removed one", () =>
      Effect.gen(function* () {
        const database = Redacted.value(yield* postgres.migratedAddress)
        const broker = yield* start(database)
        const { known, notifier, runners, store, total } = yield* twoProcesses({ broker, database, runners: 12 })
        yield* known
        const before = yield* total
        yield* notifier.availableJobs(demandFor(2))
        yield* until("six runners are pinged", total, (count) => count === before + 6)
        const [removed, ...others] = runners
        if (removed === undefined) return assert.fail("no runner")
        yield* store.remove(removed.id)
        yield* notifier.runnerRemoved(removed.id, { ping: true })
        yield* until("it is disconnected", removed.connected, (is) => !is)
        yield* until("another runner is pinged", total, (count) => count === before + 7)
        for (const { connected } of others) assert.isTrue(yield* connected)
      })
    )
  })
}
