import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { jobsOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aLive, sessionOf, startLive } from "../support/live.ts"
import { aProcess } from "../support/Process.ts"

const picture = { width: 1280, height: 720, fps: 30, hasVideo: true, hasAudio: true }

describe("the request of a live", () => {
  it.effect("is refused when one side of the picture is missing", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      for (const size of [{ width: 0 }, { height: 0 }]) {
        const refused = yield* Effect.flip(server.lives.startLive({ ...aLive, source: { ...picture, ...size } }))
        assert.strictEqual(refused.message, "source: expected the size of the picture")
      }
      assert.strictEqual(
        yield* outcome(server.lives.startLive({ ...aLive, source: { ...picture, width: 1, height: 1 } })),
        "ok"
      )
    })
  )

  it.effect("needs no audio when there is a picture, and no picture when there is audio", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { source } = yield* startLive(server, { source: { ...picture, hasAudio: false } })
      assert.deepInclude(source, { hasVideo: true, hasAudio: false, width: 1280, height: 720, fps: 30, size: 0 })
      const none = { ...picture, hasVideo: false, hasAudio: false }
      const refused = yield* Effect.flip(server.lives.startLive({ ...aLive, source: none }))
      assert.strictEqual(refused.message, "source: expected sound or a picture")
    })
  )

  it.effect("ignores the size of a picture that is not there", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { source } = yield* startLive(server, { source: { ...picture, hasVideo: false } })
      assert.deepInclude(source, { hasVideo: false, hasAudio: true, width: 0, height: 0, fps: 0 })
    })
  )

  it.effect("has segments of four seconds and no replay unless it asks for others", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const plain = yield* startLive(server)
      const other = yield* startLive(server, { replay: true, segmentDuration: 30, storyboard: true })
      deepStrictEqual(
        [plain, other].map((video) => sessionOf(server.world, video).replay),
        [false, true]
      )
      deepStrictEqual(
        [plain, other].map(({ plan }) => plan.storyboard),
        [false, true]
      )
      deepStrictEqual(
        jobsOf(server.world).map(({ payload }) => (payload as LiveOutput).output.segmentDuration),
        [4, 30]
      )
    })
  )

  it.effect("lists every field that is wrong", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const refused = yield* Effect.flip(
        server.lives.startLive({ ...aLive, destination: "../up", segmentDuration: 31, baseName: "a/b" })
      )
      for (const field of ["destination: ", "segmentDuration: ", "baseName: "]) assert.include(refused.message, field)
      deepStrictEqual(jobsOf(server.world), [])
    })
  )
})

interface LiveOutput {
  readonly output: { readonly segmentDuration: number }
}
