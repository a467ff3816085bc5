import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aJob } from "../../fixtures.ts"
import { aHeldJob, aWaitingJob, resultParts, stateOf, stored, succeed, tokenParts } from "../arrange.ts"
import { administer, assertDone, assertProblem, postForm, postJson, R } from "../client.ts"
import type { WireCases } from "../WireServer.ts"
import { aMark, found } from "./asking.ts"

const NOT_PROCESSING = "runner_job_not_in_processing_state"

/** Contract of cancelling jobs. */
export const cancellingCases: WireCases = (it) => {
  it.effect("cancels a job and its dependents; its runner gets 404", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      const child = yield* aWaitingJob({
        state: "WaitingForParent",
        parentId: Option.some((yield* stored(held.id)).id)
      })
      assertDone(yield* administer("POST", `${held.path}/cancel`))
      assert.strictEqual(yield* stateOf(held.id), "Cancelled")
      assert.strictEqual(yield* stateOf(child.id), "ParentCancelled")
      assertProblem(yield* postForm(`${held.path}/update`, tokenParts(held.tokens)), 404)
      assertProblem(yield* administer("POST", `${held.path}/cancel`), 400)
      const waiting = yield* aWaitingJob()
      assertDone(yield* administer("POST", `${waiting.path}/cancel`))
    })
  )
}

/** Contract of deleting jobs. */
export const removingCases: WireCases = (it) => {
  it.effect("deletes a job and its dependents; later calls of its runner get 404", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      const parentId = Option.some((yield* stored(held.id)).id)
      const child = yield* aWaitingJob({ state: "WaitingForParent", parentId })
      const other = yield* aWaitingJob()
      assertDone(yield* administer("DELETE", held.path))
      for (const id of [held.id, child.id]) deepStrictEqual(yield* found(`search=${id}`), [])
      deepStrictEqual(yield* found(`search=${other.id}`), [other.id])
      const { path, tokens, videoId } = held
      assertProblem(yield* postForm(`${path}/update`, tokenParts(tokens)), 404)
      assertProblem(yield* postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]), 404)
      assertProblem(yield* postJson(`${path}/error`, { ...tokens, message: "x" }), 404)
      assertProblem(yield* postJson(`${path}/abort`, { ...tokens, reason: "x" }), 404)
      assertProblem(yield* postJson(`${path}/files/videos/${videoId}/max-quality`, tokens), 404)
      assertProblem(yield* postJson(`${path}/accept`, { runnerToken: tokens.runnerToken }), 404)
      assertProblem(yield* administer("DELETE", path), 404)
    })
  )

  it.effect("deletes a job that has ended", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob()
      assertDone(yield* succeed(held))
      assertProblem(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "x" }), 400, NOT_PROCESSING)
      assertDone(yield* administer("DELETE", held.path))
      assertProblem(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "x" }), 404)
    })
  )

  it.effect("does not delete a completing job or its dependencies", () =>
    Effect.gen(function* () {
      const type = aMark()
      const store = yield* JobStore.JobStore
      const parent = aJob({ type, state: "Completed" })
      const [child] = [aJob({ type, state: "Completing", parentId: Option.some(parent.id) })]
      yield* store.insert([parent, child])
      for (const { id } of [child, parent]) {
        assertProblem(yield* administer("DELETE", `${R}/jobs/${id}`), 400)
        assertProblem(yield* administer("POST", `${R}/jobs/${id}/cancel`), 400)
      }
      assert.lengthOf(yield* found(`search=${type}`), 2)
      yield* store.commit([{ ...child, state: "Completed" }])
      assertDone(yield* administer("DELETE", `${R}/jobs/${parent.id}`))
      deepStrictEqual(yield* found(`search=${type}`), [])
    })
  )
}
