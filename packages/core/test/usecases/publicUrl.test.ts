import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { ConnectorConfig, layer, layerFromEnv } from "../../src/config/ConnectorConfig.ts"
import { PublicOrigin } from "../../src/domain/PublicOrigin.ts"
import { acceptNext, jobsOf, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { startLive } from "../support/live.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"

const publicUrl = "https://runners.example/"
const origin = Option.some(PublicOrigin.make("https://runners.example"))

const originsOf = (server: Process) => jobsOf(server.world).map((job) => job.publicUrl)

const withPath = new URL("https://media.example/videos")

describe("the public URL of a call", () => {
  it.effect("is that of the video and of its jobs, also of those that are added later", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, { publicUrl, settings: { resolutions: [360] }, plan: { storyboard: true } })
      deepStrictEqual(video.publicUrl, origin)
      deepStrictEqual(originsOf(server), [origin, origin])
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* server.transcription.transcribeVideo({ video: video.id })
      deepStrictEqual(originsOf(server), [origin, origin, origin])
      deepStrictEqual(videoOf(server.world, video).publicUrl, origin)
    })
  )

  it.effect("for captions is that of their job only, or that of a new video", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server, { settings: { resolutions: [360] } })
      yield* server.transcription.transcribeVideo({ video: video.id, publicUrl })
      deepStrictEqual(originsOf(server), [Option.none(), origin])
      deepStrictEqual(videoOf(server.world, video).publicUrl, Option.none())
      const remote = {
        destination: "videos/remote",
        videoUrl: "https://files.example/a.mp4",
        publicUrl: new URL(publicUrl)
      }
      yield* server.transcription.transcribeVideo(remote)
      deepStrictEqual(originsOf(server), [Option.none(), origin, origin])
      const created = Array.from(server.world.state.videos.values()).find(({ id }) => id !== video.id)
      deepStrictEqual(created?.publicUrl, origin)
    })
  )

  it.effect("is kept for the renditions of an edited video", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, { publicUrl, settings: { resolutions: [360] } })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* server.editing.editVideo(video.id, [{ name: "cut", options: { start: 1, end: 30 } }])
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const origins = originsOf(server)
      assert.lengthOf(origins, 3)
      for (const one of origins) deepStrictEqual(one, origin)
    })
  )

  it.effect("can be a URL, and belongs to a live", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* startLive(server, { publicUrl: new URL(publicUrl) })
      deepStrictEqual(video.publicUrl, origin)
      deepStrictEqual(originsOf(server), [origin])
    })
  )

  it.effect("is absent by default, and refused unless it is the root of a host", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* takeIn(server)
      for (const one of originsOf(server)) deepStrictEqual(one, Option.none())
      const captions = { destination: "videos/cat", publicUrl: withPath }
      const refusal = yield* Effect.flip(server.transcription.transcribeVideo(captions))
      assert.match(refusal.message, /publicUrl.*expected an address without a path/)
      const request = { path: "uploads/cat.mov", destination: "videos/cat", publicUrl: withPath }
      const error = yield* Effect.flip(server.transcoding.transcodeVideo(request))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.match(error.message, /publicUrl: expected an address without a path: runners call/)
    })
  )
})

describe("the configured public URL", () => {
  it.effect("is refused when it has a path, which would be lost", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(ConnectorConfig, layerFromEnv(withPath)))
      assert.match(String(error), /publicUrl.*without a path/)
      const cause = yield* Effect.flip(Effect.sandbox(Effect.provide(ConnectorConfig, layer({ publicUrl: withPath }))))
      assert.match(String(cause), /publicUrl: expected an address without a path/)
    })
  )
})
