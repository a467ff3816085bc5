import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { aHeldJob, aRegistrationToken, aWaitingJob, resultParts, stored, tokenParts } from "./arrange.ts"
import { assertDone, assertProblem, postForm, postJson, R } from "./client.ts"
import { Journal } from "./Journal.ts"
import { during, innerDetail } from "./Outage.ts"
import type { WireCases } from "./WireServer.ts"

export const outageCases: WireCases = (it) => {
  it.effect("an outage of the stores is ours and passes: 503, and never a code on which a runner gives up", () =>
    Effect.gen(function* () {
      const { id, path, tokens, videoId } = yield* aHeldJob()
      const waiting = yield* aWaitingJob()
      const { runnerToken } = tokens
      const before = yield* stored(id)
      const registrationToken = yield* aRegistrationToken
      const calls = [
        postJson(`${R}/register`, { name: crypto.randomUUID(), registrationToken }),
        postJson(`${R}/unregister`, { runnerToken }),
        postJson(`${R}/jobs/request`, { runnerToken }),
        postJson(`${waiting.path}/accept`, { runnerToken }),
        postJson(`${path}/abort`, { ...tokens, reason: "x" }),
        postJson(`${path}/error`, { ...tokens, message: "x" }),
        postForm(`${path}/update`, [["progress", "5"], ...tokenParts(tokens)]),
        postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]),
        postJson(`${path}/files/videos/${videoId}/max-quality`, tokens)
      ]
      const { lines } = yield* Journal
      for (const call of calls) {
        const logged = lines.length
        const answer = yield* during(call)
        assertProblem(answer, 503)
        assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/)
        assert.notInclude(answer.text, innerDetail)
        assert.include(lines.slice(logged).join("\n"), innerDetail)
      }
      deepStrictEqual(yield* stored(id), before)
      assertDone(yield* postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]))
    })
  )
}
