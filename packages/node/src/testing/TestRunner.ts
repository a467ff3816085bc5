import { type TestRunner as EffectRunner, type TestFile, Testing } from "@runner-connector/core/testing"
import type { Job } from "../model.ts"
import { plainJob } from "../plain/plainJob.ts"
import type { TestRun } from "./TestRun.ts"

/** Texts and files of a result. Bytes alone are a file named like the field. */
export type TestPayload = Readonly<Record<string, string | Uint8Array | TestFile>>

/** Which of the available jobs to take. */
export interface TakeOptions {
  readonly type?: string | undefined
  readonly where?: ((job: Job) => boolean) | undefined
}

/**
 * A runner that does what a test says, one job at a time, over the handler of the connector. Each call resolves when all
 * that follows from it is done: the result is stored, and hooks were called. A refused call rejects with `RunnerRefused`.
 */
export interface TestRunner {
  readonly name: string
  /** The jobs that a request returns, best first. */
  readonly available: () => Promise<ReadonlyArray<Job>>
  /** Takes the first available job, or the first one that fits. Rejects with `NoJob` when there is none. */
  readonly take: (options?: TakeOptions) => Promise<Job>
  /** Reports progress in percent, or the payload of a live. */
  readonly update: (report?: { readonly progress?: number; readonly payload?: TestPayload }) => Promise<void>
  /**
   * Hands in a result. By default it is one that the connector accepts, for each built-in type. The given fields replace
   * those of that result. A result that is not as requested fails the attempt.
   */
  readonly succeed: (result?: TestPayload) => Promise<void>
  /** Reports that the job failed. */
  readonly fail: (message: string) => Promise<void>
  /** Gives the job back. This does not count as a failure. */
  readonly abort: (reason?: string) => Promise<void>
  /**
   * Sends no heartbeats any more, as if the machine was switched off. After that the runner can take another job, or
   * report late.
   */
  readonly goSilent: () => Promise<void>
}

/** The runner, which registers at its first call. */
export const makeTestRunner = (run: TestRun, name: string): TestRunner => {
  let registered: Promise<EffectRunner> | undefined
  const runner = () => {
    registered ??= run(Testing.runner({ name }))
    return registered
  }
  return {
    name,
    available: async () => (await run((await runner()).available())).map(plainJob),
    take: async ({ type, where } = {}) => {
      const options = {
        ...(type === undefined ? {} : { type }),
        ...(where === undefined ? {} : { where: (job: Parameters<typeof plainJob>[0]) => where(plainJob(job)) })
      }
      return plainJob(await run((await runner()).take(options)))
    },
    update: async (report) => run((await runner()).update(report)),
    succeed: async (result) => run((await runner()).succeed(result)),
    fail: async (message) => run((await runner()).fail(message)),
    abort: async (reason) => run((await runner()).abort(reason)),
    goSilent: async () => run((await runner()).goSilent())
  }
}
