import { Context, Effect, Layer } from "effect"
import { RunnerCalls, type TestClaim } from "./RunnerCalls.ts"

/** The lease of a test runner. */
export interface TestLease {
  readonly claim: TestClaim
  isSilent: boolean
}

/** The leases of all test runners, whose heartbeats `advance` sends. */
export class TestRunners extends Context.Tag("@runner-connector/core/testing/TestRunners")<
  TestRunners,
  {
    readonly nextName: () => string
    readonly leases: Set<TestLease>
  }
>() {}

/** No runners. */
export const layer: Layer.Layer<TestRunners> = Layer.sync(TestRunners, () => {
  let last = 0
  return {
    nextName: () => {
      last += 1
      return `test-runner-${last}`
    },
    leases: new Set<TestLease>()
  }
})

const alive = Effect.map(TestRunners, ({ leases }) => [...leases].filter(({ isSilent }) => !isSilent))

/** Whether a runner works on a job and is not silent. */
export const areAnyAlive: Effect.Effect<boolean, never, TestRunners> = Effect.map(alive, (leases) => leases.length > 0)

/** Sends a heartbeat for each job that is worked on. A refused one changes nothing, as with real runners. */
export const sendHeartbeats: Effect.Effect<void, never, TestRunners | RunnerCalls> = Effect.gen(function* () {
  const calls = yield* RunnerCalls
  yield* Effect.forEach(yield* alive, ({ claim }) => Effect.ignore(calls.update(claim, {})), { discard: true })
})
