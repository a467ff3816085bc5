import { assert, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, type Layer } from "effect"
import { cancelAll, gather, type Outcome, processing, stampede } from "./herd.ts"
import type { layer as host } from "./OwnHost.ts"

type Host = Layer.Layer.Success<ReturnType<typeof host>>

const print = (what: string, outcome: Outcome) =>
  Effect.sync(() => console.info(`${what}: ${JSON.stringify(outcome)} (milliseconds after the commit)`))

/** How often a single job is offered. */
const ROUNDS = 5

/** Herds of runners at a server: one job for all of them, and jobs for every one of them. */
export const herdCases = (
  it: Vitest.MethodsNonLive<Host, true>,
  { jobs, runners, seconds }: { readonly runners: number; readonly jobs: number; readonly seconds: number }
): void => {
  it.scoped(
    "one new job is taken at once, after few calls, and without an error",
    () =>
      Effect.gen(function* () {
        const herd = yield* gather(runners)
        const outcomes: Array<Outcome> = []
        for (let round = 1; round <= ROUNDS; round++) {
          // Reminders would come after the first second.
          outcomes.push(yield* stampede(herd, { jobs: 1, taken: 1, seconds, rest: 1200 }))
          yield* cancelAll
        }
        for (const outcome of outcomes) {
          yield* print(`One job and ${runners} runners`, outcome)
          deepStrictEqual([outcome.jobs, outcome.lostRaces, outcome.errors], [1, 0, []])
          assert.isBelow(outcome.calls, 20)
        }
        // Of several rounds the fastest: other programs on the machine slow some of them down.
        assert.isBelow(Math.min(...outcomes.map(({ firstPing }) => firstPing)), 25)
        assert.isBelow(Math.min(...outcomes.map(({ firstJob }) => firstJob)), 100)
      }),
    120_000
  )

  it.scoped(
    "many jobs reach every runner by one ping, each job one runner",
    () =>
      Effect.gen(function* () {
        const herd = yield* gather(runners)
        const outcome = yield* stampede(herd, { jobs, taken: runners, seconds })
        yield* print(`${jobs} jobs and ${runners} runners`, outcome)
        deepStrictEqual([outcome.jobs, outcome.distinctJobs], [runners, runners])
        deepStrictEqual([outcome.lostRaces, outcome.errors], [0, []])
        assert.strictEqual(yield* processing, runners)
      }),
    240_000
  )
}
