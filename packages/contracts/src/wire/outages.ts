import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { aHeldJob, aRegistrationToken, aWaitingJob, resultParts, stored, tokenParts } from "./arrange.ts"
import { assertDone, assertProblem, formBytes, formType, postForm, postJson, R, request, send } from "./client.ts"
import { Journal } from "./Journal.ts"
import { during, innerDetail } from "./Outage.ts"
import type { WireCases } from "./WireServer.ts"

export const outageCases: WireCases = (it) => {
  it.effect("answers 503 during a store outage, without a code that makes a runner give up", () =>
    Effect.gen(function* () {
      const { id, path, tokens, uploads, videoId } = yield* aHeldJob()
      const files = `${path}/files/videos/${videoId}`
      const form = { "content-type": formType() }
      const body = formBytes([["file", "some bytes", "a.mp4", "video/mp4"]])
      const upload = (method: string) =>
        send(() => request(new URL(String(uploads.videoFile)).pathname, { method, headers: form, body }))
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
        postJson(`${files}/max-quality`, tokens),
        postJson(`${files}/max-quality/audio`, tokens),
        postJson(`${files}/thumbnails/max-quality`, tokens),
        postJson(`${files}/previews/max-quality`, tokens),
        postJson(`${files}/studio/task-files/a.mp4`, tokens),
        postJson(`${R}/jobs/files/videos/${videoId}/${id}/max-quality`, tokens),
        upload("PUT"),
        upload("POST")
      ]
      const covered = endpoints.filter(({ admin, name }) => !admin && name !== "openApi")
      assert.lengthOf(calls, covered.length)
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
