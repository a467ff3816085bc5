import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { aHeldJob, aRunner, aWaitingJob, stateOf } from "./arrange.ts"
import { administer, assertProblem, documentOf, invalidParams, postForm, postJson, R } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import type { WireCases } from "./WireServer.ts"

const json = { "content-type": "application/json" }

const update = (id: number, body: object) =>
  administer("PATCH", `${R}/${id}`, { headers: json, body: JSON.stringify(body) })

const changed = (id: number, body: object) =>
  Effect.map(update(id, body), (answer) => documentOf(answer, Endpoints.updateRunner.response))

const shownTo = (runnerToken: string) =>
  Effect.map(
    postJson(`${R}/jobs/request`, { runnerToken }),
    ({ text }): ReadonlyArray<string> =>
      JSON.parse(text).availableJobs.map(({ uuid }: { readonly uuid: string }) => uuid)
  )

const generate = (body: object) =>
  administer("POST", `${R}/registration-tokens/generate`, { headers: json, body: JSON.stringify(body) })

const registerWith = (registrationToken: string) =>
  postJson(`${R}/register`, { name: crypto.randomUUID(), registrationToken })

/** Asserts that the runner gets another job instead, or none. */
const refusedTo = (runnerToken: string, id: string) =>
  Effect.gen(function* () {
    const answer = yield* postJson(`${R}/jobs/${id}/accept`, { runnerToken })
    if (answer.status !== 200) return assertProblem(answer, 409, "runner_job_not_in_pending_state")
    const { job } = JSON.parse(answer.text)
    yield* keepSecret(job.jobToken)
    assert.notStrictEqual(job.uuid, id)
  })

/** Names, labels and states of runners, and what registration tokens give. */
export const changingRunnerCases: WireCases = (it) => {
  it.effect("renames and labels a runner, which then gets jobs with these labels", () =>
    Effect.gen(function* () {
      const runner = yield* aRunner
      const { id, path } = yield* aWaitingJob({ labels: ["gpu"] })
      assert.notInclude(yield* shownTo(runner.runnerToken), id)
      yield* refusedTo(runner.runnerToken, id)
      const name = `renamed ${crypto.randomUUID()}`
      const document = yield* changed(runner.id, { name, labels: ["gpu", "fast", "gpu"] })
      deepStrictEqual([document.name, document.labels, document.state], [name, ["fast", "gpu"], "active"])
      assert.strictEqual(yield* stateOf(id), "Pending")
      const { text } = yield* postJson(`${path}/accept`, { runnerToken: runner.runnerToken })
      yield* keepSecret(JSON.parse(text).job.jobToken)
      assert.strictEqual(yield* stateOf(id), "Processing")
      assert.isAtLeast((yield* changed(runner.id, {})).currentJobs, 1)
    })
  )

  it.effect("offers nothing to a paused or draining runner, whose jobs continue", () =>
    Effect.gen(function* () {
      const { path, runner, tokens } = yield* aHeldJob()
      for (const state of ["paused", "draining"] as const) {
        assert.strictEqual((yield* changed(runner.id, { state })).state, state)
        const other = yield* aWaitingJob()
        deepStrictEqual(yield* shownTo(runner.runnerToken), [])
        const { runnerToken } = runner
        assertProblem(yield* postJson(`${other.path}/accept`, { runnerToken }), 409, "runner_job_not_in_pending_state")
        const beat = [["progress", "5"], ...Object.entries(tokens)] as ReadonlyArray<readonly [string, string]>
        assert.strictEqual((yield* postForm(`${path}/update`, beat)).status, 204)
      }
      yield* changed(runner.id, { state: "active" })
      assert.isNotEmpty(yield* shownTo(runner.runnerToken))
    })
  )

  it.effect("refuses invalid settings, and the name of another runner", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* aRunner, yield* aRunner]
      const wrong = [{ name: "" }, { name: "a\0b" }, { labels: ["No"] }, { labels: "gpu" }, { state: "gone" }]
      for (const body of wrong) {
        const answer = yield* update(one.id, body)
        assertProblem(answer, 400)
        const members = invalidParams(answer).map((name) => name.split(".")[0])
        deepStrictEqual(new Set(members), new Set(Object.keys(body)))
      }
      assertProblem(yield* update(one.id, { name: two.name }), 400)
      assert.strictEqual((yield* changed(one.id, { name: one.name })).name, one.name)
    })
  )

  it.effect("makes tokens that give labels and let only so many runners register, for a time", () =>
    Effect.gen(function* () {
      const answer = yield* generate({ labels: ["gpu"], maxUses: 1, expiresAt: "2100-01-01T00:00:00.000Z" })
      const token = documentOf(answer, Endpoints.generateRegistrationToken.response)
      deepStrictEqual([token.labels, token.maxUses, token.uses], [["gpu"], 1, 0])
      assert.strictEqual(token.expiresAt, "2100-01-01T00:00:00.000Z")
      const secret = String(JSON.parse(answer.text).registrationToken)
      yield* keepSecret(secret)
      const registered = yield* registerWith(secret)
      const { id, runnerToken } = JSON.parse(registered.text)
      yield* keepSecret(runnerToken)
      deepStrictEqual((yield* changed(id, {})).labels, ["gpu"])
      assertProblem(yield* registerWith(secret), 403)
      const expired = JSON.parse((yield* generate({ expiresAt: "2000-01-01T00:00:00Z" })).text).registrationToken
      yield* keepSecret(expired)
      assertProblem(yield* registerWith(expired), 403)
      for (const body of [{ maxUses: 0 }, { maxUses: 1.5 }, { expiresAt: "tomorrow" }, { labels: [1] }]) {
        assertProblem(yield* generate(body), 400)
      }
    })
  )
}
