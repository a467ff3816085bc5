import { Context, type Effect, Schema } from "effect"
import type { JobId } from "../domain/Ids.ts"
import type { TestPayload } from "./results.ts"

/** The server refused a call of a test runner. */
export class RunnerRefused extends Schema.TaggedError<RunnerRefused>()("RunnerRefused", {
  call: Schema.String,
  /** The tag of the error, or over HTTP the code of the problem document. */
  code: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `The server refused "${this.call}" (${this.code}): ${this.reason}`
  }
}

/** The tokens of a runner that holds a job. */
export interface TestClaim {
  readonly id: JobId
  readonly runnerToken: string
  readonly jobToken: string
}

type Call<A = void> = Effect.Effect<A, RunnerRefused>

/** The calls of a runner, by which a test runner reaches the server: the use cases, or an HTTP handler. */
export class RunnerCalls extends Context.Tag("@runner-connector/core/testing/RunnerCalls")<
  RunnerCalls,
  {
    /** Returns the token of the runner. */
    readonly register: (runner: { readonly name: string; readonly registrationToken: string }) => Call<string>
    /** The available jobs, best first. Only those of the given types, if any are given. */
    readonly request: (runnerToken: string, types?: ReadonlyArray<string>) => Call<ReadonlyArray<JobId>>
    readonly accept: (runnerToken: string, id: JobId) => Call<TestClaim>
    readonly update: (
      claim: TestClaim,
      report: { readonly progress?: number | undefined; readonly payload?: TestPayload | undefined }
    ) => Call
    readonly success: (claim: TestClaim, payload: TestPayload) => Call
    readonly error: (claim: TestClaim, message: string) => Call
    readonly abort: (claim: TestClaim, reason: string) => Call
  }
>() {}
