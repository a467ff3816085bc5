import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Runners } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import {
  aHeldJob,
  aRegistrationToken,
  aWaitingJob,
  noOtherJobs,
  playlist,
  stateOf,
  stored,
  tokenParts
} from "./arrange.ts"
import { assertDone, type Part, postForm, request, send } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import { type Recorded, recordedLength, recordedRunners, recordedUpload, uploadedSize } from "./recordings.ts"
import type { WireCases } from "./WireServer.ts"

/** Headers that the platform's HTTP client sets itself. */
const own = new Set(["host", "connection", "content-length", "accept-encoding"])

/** Sends the recorded request, except for headers that the platform's HTTP client sets itself. */
export const replay = (recorded: Recorded) => {
  assert.strictEqual(recorded.body.length, recordedLength(recorded), "the body is what was recorded")
  const headers = Object.fromEntries(recorded.headers.filter(([name]) => !own.has(name.toLowerCase())))
  return send(() => request(recorded.path, { method: recorded.method ?? "POST", headers, body: recorded.body }))
}

const Registered = Schema.parseJson(Schema.Struct({ runnerToken: Schema.String }))
const Accepted = Schema.parseJson(Schema.Struct({ job: Schema.Struct({ jobToken: Schema.String }) }))
const Available = Schema.parseJson(
  Schema.Struct({ availableJobs: Schema.Array(Schema.Struct({ uuid: Schema.String })) })
)

/** The name is recorded, so it must be free. */
const free = (name: string) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const { data } = yield* runners.list({ start: 0, count: 100 })
    yield* Effect.forEach(
      data.filter((runner) => runner.name === name),
      ({ id }) => runners.remove(id)
    )
  })

export const recordedCases: WireCases = (it) => {
  it.effect("accepts the recorded uploads of runner 0.4", () =>
    Effect.gen(function* () {
      const { id, path, tokens, uploads } = yield* aHeldJob()
      const name = `${crypto.randomUUID()}-240-fragmented.mp4`
      const text = playlist(name).replace("163434@1357", `${uploadedSize - 1357}@1357`)
      const rest: Part = ["payload[resolutionPlaylistFile]", text, "a.m3u8", "application/vnd.apple.mpegurl"]
      assertDone(yield* replay(recordedUpload(new URL(String(uploads.videoFile)).pathname)))
      assertDone(yield* postForm(`${path}/success`, [...tokenParts(tokens), rest]))
      assert.strictEqual(yield* stateOf(id), "Completed")
    })
  )

  for (const runner of recordedRunners) {
    it.effect(`answers the recorded requests of runner ${runner.version}`, () =>
      Effect.gen(function* () {
        yield* noOtherJobs
        yield* free("probe6")
        yield* free("probenew")
        const nothing = { runnerToken: "", jobToken: "", job: "", video: "" }
        const registrationToken = yield* aRegistrationToken
        const registered = yield* replay(runner.register({ ...nothing, registrationToken: registrationToken }))
        assert.strictEqual(registered.status, 200, registered.text)
        const { runnerToken } = Schema.decodeUnknownSync(Registered)(registered.text)
        yield* keepSecret(runnerToken)

        const { id, source, videoId } = yield* aWaitingJob()
        const names = { ...nothing, registrationToken, runnerToken, job: id, video: videoId }
        const available = Schema.decodeUnknownSync(Available)((yield* replay(runner.request(names))).text)
        deepStrictEqual(available, { availableJobs: [{ uuid: id }] })

        const take = Effect.gen(function* () {
          const accepted = yield* replay(runner.accept(names))
          assert.strictEqual(accepted.status, 200, accepted.text)
          const { jobToken } = Schema.decodeUnknownSync(Accepted)(accepted.text).job
          yield* keepSecret(jobToken)
          return { ...names, jobToken }
        })

        assertDone(yield* replay(runner.abort(yield* take)))
        assertDone(yield* replay(runner.error(yield* take)))
        assert.strictEqual((yield* stored(id)).failures, 1)

        const held = yield* take
        const downloaded = yield* replay(runner.download(held))
        deepStrictEqual(downloaded.bytes, source)
        assertDone(yield* replay(runner.update(held)))
        assertDone(yield* replay(runner.success(held)))
        assert.strictEqual(yield* stateOf(id), "Completed")
        assertDone(yield* replay(runner.update(held)))
        assertDone(yield* replay(runner.unregister(held)))
      })
    )
  }
}
