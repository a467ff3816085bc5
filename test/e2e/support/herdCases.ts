import { assert, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { ConnectorConfig, JobAdmin, JobStore, RunnerNotifier, Runners } from "@runner-connector/core"
import { Effect } from "effect"
import { cancelAll, gather, type Outcome, processing, stampede } from "./herd.ts"

type Host =
  | Runners.Runners
  | JobAdmin.JobAdmin
  | JobStore.JobStore
  | RunnerNotifier.RunnerNotifier
  | ConnectorConfig.ConnectorConfig

type It = Vitest.MethodsNonLive<Host, true>

const print = (what: string, outcome: Outcome) =>
  Effect.sync(() => console.info(`${what}: ${JSON.stringify(outcome)} (milliseconds after the commit)`))

/** The number of rounds with a single job. */
const ROUNDS = 5

/** Seconds after which a test fails. `npm run bench` measures the times. */
const LIMIT = 300

/** One new job for many idle runners. */
export const oneJob = (it: It, runners: number): void =>
  it.scoped(
    "accept one new job at once, after few calls, and without an error",
    () =>
      Effect.gen(function* () {
        const herd = yield* gather(runners)
        const outcomes: Array<Outcome> = []
        for (let round = 1; round <= ROUNDS; round++) {
          // Reminders start after the first second.
          outcomes.push(yield* stampede(herd, { jobs: 1, taken: 1, seconds: LIMIT, rest: 1200 }))
          yield* cancelAll
        }
        for (const outcome of outcomes) {
          yield* print(`One job and ${runners} runners`, outcome)
          deepStrictEqual([outcome.jobs, outcome.lostRaces, outcome.errors], [1, 0, []])
          // Twice as many runners are reminded after each second in which a busy machine lets the job wait.
          assert.isBelow(outcome.calls, 20 * 2 ** Math.floor(outcome.lastJob / 1000))
        }
      }),
    300_000
  )

/** As many jobs as idle runners, or more. */
export const manyJobs = (it: It, { jobs, runners }: { readonly runners: number; readonly jobs: number }): void =>
  it.scoped(
    "get one job each with one ping each",
    () =>
      Effect.gen(function* () {
        const herd = yield* gather(runners)
        const outcome = yield* stampede(herd, { jobs, taken: runners, seconds: LIMIT })
        yield* print(`${jobs} jobs and ${runners} runners`, outcome)
        deepStrictEqual([outcome.jobs, outcome.distinctJobs], [runners, runners])
        deepStrictEqual([outcome.lostRaces, outcome.errors], [0, []])
        assert.strictEqual(yield* processing, runners)
      }),
    600_000
  )
