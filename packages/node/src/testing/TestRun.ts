import { RunnerCalls, type TestFiles, type Testing } from "@runner-connector/core/testing"
import { Cause, Effect, Exit, type ManagedRuntime } from "effect"

/** The services of a test connector. */
export type TestServices = Testing.TestConnector | TestFiles

/** Runs an effect of the test kit. Rejects with its error. */
export type TestRun = <A, E>(effect: Effect.Effect<A, E, TestServices>) => Promise<A>

/** Runs effects in the runtime of the connector, where test runners make these calls. */
export const makeTestRun =
  (runtime: ManagedRuntime.ManagedRuntime<never, unknown>, calls: RunnerCalls["Type"]): TestRun =>
  async (effect) => {
    const provided = Effect.provideService(effect, RunnerCalls, calls)
    const exit = await runtime.runPromiseExit(provided as Effect.Effect<never, never>)
    if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
    return exit.value
  }
