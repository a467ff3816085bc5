import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore } from "@runner-connector/core"
import { DateTime, Effect, Option } from "effect"
import { aHeldJob, aRunner, aWaitingJob, stored, tokenParts } from "../arrange.ts"
import { administer, assertDone, postForm, postJson, R } from "../client.ts"
import type { WireCases } from "../WireServer.ts"
import { origin } from "../world.ts"
import { aMark, jobsOf, list } from "./asking.ts"

/** Runners of other cases are idle, too. */
const IDLE_RUNNERS = /^(the idle runner|one of \d+ idle runners) to accept it$/

/** Contract of the fields of a job. */
export const showingCases: WireCases = (it) => {
  it.effect("shows a waiting job without a runner, including its private payload", () =>
    Effect.gen(function* () {
      yield* aRunner
      const { id, videoId } = yield* aWaitingJob({ priority: 7 })
      const now = yield* stored(id)
      const answer = yield* administer("GET", `${R}/jobs?search=${id}`)
      const shown = JSON.parse(answer.text)
      assert.match(shown.data[0].waitingFor, IDLE_RUNNERS)
      deepStrictEqual(shown, {
        total: 1,
        data: [
          {
            uuid: id,
            type: "vod-hls-transcoding",
            state: { id: 1, label: "Pending" },
            progress: null,
            priority: 7,
            failures: 0,
            error: null,
            payload: {
              input: {
                videoFileUrl: `${origin}${R}/jobs/${id}/files/videos/${videoId}/max-quality`,
                separatedAudioFileUrl: []
              },
              output: { resolution: 240, fps: 25, separatedAudio: false }
            },
            privatePayload: now.privatePayload,
            createdAt: DateTime.formatIso(now.createdAt),
            updatedAt: DateTime.formatIso(now.updatedAt),
            runner: null,
            attempts: [],
            waitingFor: shown.data[0].waitingFor,
            retryAt: null,
            urgency: 0,
            labels: []
          }
        ]
      })
    })
  )

  it.effect("shows the runner of a job, its start and its outcome", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob({ failures: 4 })
      const { runner } = held
      yield* postForm(`${held.path}/update`, [["progress", "42"], ...tokenParts(held.tokens)])
      const [during] = (yield* list(`search=${held.id}`)).data
      assert.strictEqual(during?.progress, 42)
      deepStrictEqual(during?.runner, { id: runner.id, name: runner.name, description: null })
      const now = yield* stored(held.id)
      assert.strictEqual(during?.startedAt, Option.getOrThrow(Option.map(now.startedAt, DateTime.formatIso)))
      assert.isFalse("finishedAt" in (during ?? {}))
      assertDone(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "ffmpeg has failed" }))
      const [after] = (yield* list(`search=${held.id}`)).data
      assert.deepInclude(after, {
        state: { id: 4, label: "Errored" },
        failures: 5,
        error: `ffmpeg has failed (runner ${runner.name})`,
        finishedAt: Option.getOrThrow(Option.map((yield* stored(held.id)).finishedAt, DateTime.formatIso))
      })
    })
  )

  it.effect("shows every attempt of a job and the reason why it waits", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob({ failures: 1 })
      const history = Effect.map(list(`search=${held.id}`), ({ data }) => data[0])
      const during = yield* history
      const [{ startedAt } = { startedAt: "" }] = during?.attempts ?? []
      const first = { runner: held.runner.name, version: null, startedAt }
      const open = { ...first, endedAt: null, outcome: null, message: null }
      deepStrictEqual([during?.attempts, during?.waitingFor, during?.retryAt], [[open], null, null])

      assertDone(yield* postJson(`${held.path}/error`, { ...held.tokens, message: "no space left" }))
      const now = yield* stored(held.id)
      const endedAt = DateTime.formatIso(now.updatedAt)
      const notBefore = DateTime.unsafeMake("2100-01-01T00:00:00Z")
      yield* Effect.flatMap(JobStore.JobStore, (store) => store.commit([{ ...now, notBefore: Option.some(notBefore) }]))
      const after = yield* history
      deepStrictEqual(after?.attempts, [{ ...first, endedAt, outcome: "failed", message: "no space left" }])
      const retryAt = DateTime.formatIso(notBefore)
      deepStrictEqual([after?.waitingFor, after?.retryAt], [`its next try at ${retryAt}`, retryAt])
    })
  )

  it.effect("shows the dependency of a job", () =>
    Effect.gen(function* () {
      const parent = yield* aHeldJob()
      const parentId = Option.some((yield* stored(parent.id)).id)
      const child = yield* aWaitingJob({ state: "WaitingForParent", parentId })
      const [shown] = (yield* list(`search=${child.id}`)).data
      assert.isTrue(Number.isSafeInteger(shown?.parent?.id))
      deepStrictEqual<unknown>(shown?.parent, {
        id: shown?.parent?.id,
        uuid: parent.id,
        type: "vod-hls-transcoding",
        state: { id: 2, label: "Processing" }
      })
    })
  )

  it.effect("shows a job of an unknown type as stored", () =>
    Effect.gen(function* () {
      const type = aMark()
      yield* jobsOf(type, [{ payload: { what: "ever" }, privatePayload: { more: 1 } }])
      const [shown] = (yield* list(`search=${type}`)).data
      deepStrictEqual([shown?.payload, shown?.privatePayload], [{ what: "ever" }, { more: 1 }])
    })
  )
}
