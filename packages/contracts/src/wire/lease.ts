import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { accept, aHeldJob, stored, succeed, tokenParts } from "./arrange.ts"
import { type Answer, assertDone, assertProblem, postForm, postJson } from "./client.ts"
import type { Hands, WireCases } from "./WireServer.ts"

type Held = Effect.Effect.Success<ReturnType<typeof aHeldJob>>

const abort = ({ path, tokens }: Held) => postJson(`${path}/abort`, { ...tokens, reason: "Runner stopped" })
const error = ({ path, tokens }: Held) => postJson(`${path}/error`, { ...tokens, message: "ffmpeg failed" })

const ending: WireCases = (it) => {
  it.effect("abort releases the job and counts no failure", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      assertDone(yield* abort(held))
      const job = yield* stored(held.id)
      deepStrictEqual([job.state, job.failures], ["Pending", 0])
    })
  )

  it.effect("error counts a failure and releases the job, until the last attempt", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob({ failures: 3 })
      const { id, path, runner } = held
      assertDone(yield* error(held))
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
}

const progressOf = (id: string) => Effect.map(stored(id), (job) => Option.getOrNull(job.progress))

const updating: WireCases = (it) => {
  it.effect("accepts progress as text or number, including 0, and keeps it when a heartbeat has none", () =>
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

  it.effect("rejects a payload for jobs other than lives, even after completion", () =>
    Effect.gen(function* () {
      const { path, tokens } = yield* aHeldJob()
      const withPayload = postForm(`${path}/update`, [...tokenParts(tokens), ["payload[type]", "add-chunk"]])
      assertProblem(yield* withPayload, 400)
      assertDone(yield* succeed({ path, tokens }))
      assertProblem(yield* withPayload, 400)
    })
  )
}

export const leaseCases: WireCases = (it) => {
  ending(it)
  updating(it)
}
