import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { RunnerJobs } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { accept, aHeldJob, aRunner, resultParts, stateOf, stored, succeed, tokenParts } from "./arrange.ts"
import { type Answer, assertDone, assertProblem, postForm, postJson, R } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import type { Hands, WireCases } from "./WireServer.ts"

const NOT_PROCESSING = "runner_job_not_in_processing_state"

type Held = Effect.Effect.Success<ReturnType<typeof aHeldJob>>
type Tokens = Held["tokens"]

/** What a call needs to know of the job beside its tokens. */
type Job = Pick<Held, "path" | "videoId">

/** Every call about a held job, good but for what the case makes of its tokens. */
const calls = {
  abort: ({ path }: Job, tokens: Tokens) => postJson(`${path}/abort`, { ...tokens, reason: "Runner stopped" }),
  error: ({ path }: Job, tokens: Tokens) => postJson(`${path}/error`, { ...tokens, message: "ffmpeg failed" }),
  update: ({ path }: Job, tokens: Tokens) => postForm(`${path}/update`, [["progress", "5"], ...tokenParts(tokens)]),
  success: ({ path }: Job, tokens: Tokens) => postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]),
  download: ({ path, videoId }: Job, tokens: Tokens) => postJson(`${path}/files/videos/${videoId}/max-quality`, tokens)
} as const

type CallName = keyof typeof calls
const callNames: ReadonlyArray<CallName> = ["abort", "error", "update", "success", "download"]

const situations: Record<string, (held: Held) => Effect.Effect<unknown, unknown, Hands>> = {
  "the job was aborted": (held) => calls.abort(held, held.tokens),
  "the try has failed": (held) => calls.error(held, held.tokens),
  "the job was cancelled": ({ id }) => Effect.flatMap(RunnerJobs.RunnerJobs, (jobs) => jobs.cancel(id)),
  "another runner has the job": (held) =>
    Effect.gen(function* () {
      yield* calls.abort(held, held.tokens)
      const { runnerToken } = yield* aRunner
      yield* accept(held.id, runnerToken)
    })
}

const strangers: Record<string, (tokens: Tokens) => Effect.Effect<Tokens, unknown, Hands>> = {
  "an unknown runner token": (tokens) =>
    Effect.as(keepSecret("ptrt-unknown"), { ...tokens, runnerToken: "ptrt-unknown" }),
  "another runner's token": (tokens) => Effect.map(aRunner, ({ runnerToken }) => ({ ...tokens, runnerToken })),
  "an unknown job token": (tokens) => Effect.as(keepSecret("ptrjt-unknown"), { ...tokens, jobToken: "ptrjt-unknown" }),
  "the token of another job": (tokens) =>
    Effect.map(aHeldJob(), (other) => ({ ...tokens, jobToken: other.tokens.jobToken })),
  "the tokens of another job": () => Effect.map(aHeldJob(), (other) => other.tokens),
  "the tokens the wrong way round": (tokens) =>
    Effect.succeed({ runnerToken: tokens.jobToken, jobToken: tokens.runnerToken })
}

const fencing: WireCases = (it) => {
  for (const name of callNames) {
    for (const [who, change] of Object.entries(strangers)) {
      it.effect(`${name} with ${who} finds no job`, () =>
        Effect.gen(function* () {
          const held = yield* aHeldJob()
          const wrong = yield* change(held.tokens)
          const before = yield* stored(held.id)
          assertProblem(yield* calls[name](held, wrong), 404)
          deepStrictEqual(yield* stored(held.id), before)
        })
      )
    }

    for (const [what, happen] of Object.entries(situations)) {
      it.effect(`${name} comes too late when ${what}`, () =>
        Effect.gen(function* () {
          const held = yield* aHeldJob()
          yield* happen(held)
          const before = yield* stored(held.id)
          assertProblem(yield* calls[name](held, held.tokens), 404)
          deepStrictEqual(yield* stored(held.id), before)
        })
      )
    }

    it.effect(`${name} of a job that does not exist finds none, of a malformed one is refused`, () =>
      Effect.gen(function* () {
        const { tokens, videoId } = yield* aHeldJob()
        const of = (id: string) => calls[name]({ path: `${R}/jobs/${id}`, videoId }, tokens)
        assertProblem(yield* of(crypto.randomUUID()), 404)
        assertProblem(yield* of("1"), 400)
        assertProblem(yield* of("00000000-0000-1000-8000-000000000000"), 400)
      })
    )

    it.effect(`${name} wants both tokens`, () =>
      Effect.gen(function* () {
        const held = yield* aHeldJob()
        const before = yield* stored(held.id)
        assertProblem(yield* calls[name](held, { ...held.tokens, jobToken: "" }), 400)
        assertProblem(yield* calls[name](held, { ...held.tokens, runnerToken: "" }), 400)
        deepStrictEqual(yield* stored(held.id), before)
      })
    )
  }

  it.effect("a job that is done takes heartbeats without effect, and nothing else", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      assertDone(yield* succeed(held))
      assert.strictEqual(yield* stateOf(held.id), "Completed")
      const before = yield* stored(held.id)
      assertDone(yield* calls.update(held, held.tokens))
      for (const name of callNames.filter((one) => one !== "update")) {
        assertProblem(yield* calls[name](held, held.tokens), 400, NOT_PROCESSING)
      }
      deepStrictEqual(yield* stored(held.id), before)
    })
  )
}

const ending: WireCases = (it) => {
  it.effect("abort gives the job back and counts no failure", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      assertDone(yield* calls.abort(held, held.tokens))
      const job = yield* stored(held.id)
      deepStrictEqual([job.state, job.failures], ["Pending", 0])
    })
  )

  it.effect("error counts a failure and offers the job again, until the last", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob({ failures: 3 })
      const { id, path, runner } = held
      assertDone(yield* calls.error(held, held.tokens))
      deepStrictEqual([(yield* stored(id)).state, (yield* stored(id)).failures], ["Pending", 4])
      const last = yield* accept(id, runner.runnerToken)
      assertDone(yield* postJson(`${path}/error`, { ...last, message: "It is over" }))
      const job = yield* stored(id)
      deepStrictEqual(
        [job.state, job.failures, job.error],
        ["Errored", 5, Option.some(`It is over (runner ${runner.name})`)]
      )
    })
  )

  it.effect.each<readonly [string, string, string]>([
    ["no text", "", ""],
    ["a very long text", "x".repeat(30_000), "x".repeat(5000)],
    ["a NUL", "a\u0000b", "a\ufffdb"],
    ["half of a pair", "a\ud83eb", "a\ufffdb"],
    ["a pair where it is cut", `${"x".repeat(4999)}🦦`, `${"x".repeat(4999)}\ufffd`]
  ])("takes %s for a message: the real runner sends such, and would hang if refused", ([, message, kept]) =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob({ failures: 4 })
      assertDone(yield* postJson(`${path}/error`, { ...tokens, message }))
      const [attempt] = (yield* stored(id)).attempts
      deepStrictEqual(
        Option.flatMap(attempt?.end ?? Option.none(), (end) => end.message),
        Option.some(kept)
      )
      const other = yield* aHeldJob()
      assertDone(yield* postJson(`${other.path}/abort`, { ...other.tokens, reason: message }))
    })
  )

  it.effect("wants a message all the same", () =>
    Effect.gen(function* () {
      const { path, tokens } = yield* aHeldJob()
      assertProblem(yield* postJson(`${path}/error`, tokens), 400)
      assertProblem(yield* postJson(`${path}/error`, { ...tokens, message: 5 }), 400)
      assertProblem(yield* postJson(`${path}/abort`, { ...tokens, reason: null }), 400)
    })
  )
}

const progressOf = (id: string) => Effect.map(stored(id), (job) => Option.getOrNull(job.progress))

const updating: WireCases = (it) => {
  it.effect("takes progress as text or number, 0 too, and keeps it when a heartbeat says none", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      const seen: Array<number | null> = []
      const say = (call: Effect.Effect<Answer, never, Hands>) =>
        Effect.gen(function* () {
          assertDone(yield* call)
          seen.push(yield* progressOf(id))
        })
      yield* say(postForm(`${path}/update`, [["progress", "53"], ...tokenParts(tokens)]))
      yield* say(postForm(`${path}/update`, tokenParts(tokens)))
      yield* say(postForm(`${path}/update`, [...tokenParts(tokens), ["progress", "0"]]))
      yield* say(postJson(`${path}/update`, { ...tokens, progress: 100 }))
      yield* say(postJson(`${path}/update`, { ...tokens, progress: "7", payload: {} }))
      deepStrictEqual(seen, [53, 53, 0, 100, 7])
    })
  )

  it.effect.each(["53.5", "-1", "101", "abc", "", " 5", "1e2", "0x10", "NaN"])("refuses progress %j", (progress) =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      const before = yield* stored(id)
      assertProblem(yield* postForm(`${path}/update`, [["progress", progress], ...tokenParts(tokens)]), 400)
      deepStrictEqual(yield* stored(id), before)
    })
  )

  it.effect("refuses a payload, which no job on demand has, even when the job is done", () =>
    Effect.gen(function* () {
      const { path, tokens } = yield* aHeldJob()
      const withPayload = postForm(`${path}/update`, [...tokenParts(tokens), ["payload[type]", "add-chunk"]])
      assertProblem(yield* withPayload, 400)
      assertDone(yield* succeed({ path, tokens }))
      assertProblem(yield* withPayload, 400)
    })
  )
}

export const holdingCases: WireCases = (it) => {
  fencing(it)
  ending(it)
  updating(it)
}
