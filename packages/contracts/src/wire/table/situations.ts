import { JobAdmin, JobStore, type RunnerJob, Runners } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { accept, aHeldJob, aRunner, stored, succeed } from "../arrange.ts"
import { postJson, R } from "../client.ts"
import { keepSecret } from "../Journal.ts"
import type { Hands } from "../WireServer.ts"
import type { Held } from "./Row.ts"

type Tokens = Held["tokens"]

const abort = ({ path, tokens }: Held) => postJson(`${path}/abort`, { ...tokens, reason: "Runner stopped" })
const error = ({ path, tokens }: Held) => postJson(`${path}/error`, { ...tokens, message: "ffmpeg failed" })

/** Stores the job with the given state. */
export const put = (id: string, change: Partial<RunnerJob.RunnerJob>) =>
  Effect.gen(function* () {
    const jobs = yield* JobStore.JobStore
    yield* jobs.commit([{ ...(yield* stored(id)), ...change }])
  }).pipe(Effect.orDie)

/** The attempt has ended, so its token is invalid. */
export const over: Readonly<Record<string, (held: Held) => Effect.Effect<unknown, unknown, Hands>>> = {
  "the job was released": abort,
  "the attempt failed": error,
  "the last attempt failed": ({ id }) => put(id, { state: "Errored", jobTokenHash: Option.none() }),
  "the job was cancelled": ({ id }) => Effect.flatMap(JobAdmin.JobAdmin, (jobs) => jobs.cancel(id)),
  "another runner has accepted the job": (held) =>
    Effect.gen(function* () {
      yield* abort(held)
      const { runnerToken } = yield* aRunner
      yield* accept(held.id, runnerToken)
    }),
  "the same runner has accepted the job again": (held) =>
    Effect.zipRight(abort(held), accept(held.id, held.tokens.runnerToken)),
  "the runner has unregistered": ({ tokens }) => postJson(`${R}/unregister`, { runnerToken: tokens.runnerToken }),
  "the runner was removed": ({ runner }) =>
    Effect.gen(function* () {
      const runners = yield* Runners.Runners
      const { data } = yield* runners.list({ start: 0, count: 100 })
      const found = data.find(({ id }) => id === runner.id)
      if (found !== undefined) yield* runners.remove(found.id)
    })
}

/** The attempt has submitted its result. */
export const handedIn: Readonly<Record<string, (held: Held) => Effect.Effect<unknown, unknown, Hands>>> = {
  "the result is being stored": ({ id }) => put(id, { state: "Completing" }),
  "the job is completed": succeed
}

/** Tokens that do not match the job. */
export const wrongTokens: Readonly<Record<string, (tokens: Tokens) => Effect.Effect<Tokens, unknown, Hands>>> = {
  "an unknown runner token": (tokens) =>
    Effect.as(keepSecret("ptrt-unknown"), { ...tokens, runnerToken: "ptrt-unknown" }),
  "another runner's token": (tokens) => Effect.map(aRunner, ({ runnerToken }) => ({ ...tokens, runnerToken })),
  "an unknown job token": (tokens) => Effect.as(keepSecret("ptrjt-unknown"), { ...tokens, jobToken: "ptrjt-unknown" }),
  "the job token of another job": (tokens) =>
    Effect.map(aHeldJob(), (other) => ({ ...tokens, jobToken: other.tokens.jobToken })),
  "the tokens of another job": () => Effect.map(aHeldJob(), (other) => other.tokens),
  "swapped tokens": (tokens) => Effect.succeed({ runnerToken: tokens.jobToken, jobToken: tokens.runnerToken })
}
