import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import * as Media from "../../src/testing/media.ts"
import { jobsOf, removeFile, store, takeIn } from "../support/actions.ts"
import { makeWatch } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess, startProcess } from "../support/Process.ts"
import { makeWorld } from "../support/World.ts"

const path = FileKey.make("uploads/cat.mov")
const externalId = "order 7"

const live = {
  rtmpUrl: "rtmp://media.example/live/key",
  destination: "lives/cat",
  source: { width: 640, height: 360, fps: 25, hasVideo: true, hasAudio: true }
}

describe("a call with an external id", () => {
  it.effect("returns the video of an earlier call with any other fields, and makes nothing", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const metadata = { owner: { id: 7, tags: ["🦦"] }, none: undefined }
      const first = yield* takeIn(server, { externalId, metadata })
      deepStrictEqual(first.externalId, Option.some(externalId))
      deepStrictEqual(first.metadata, { owner: { id: 7, tags: ["🦦"] } })
      metadata.owner.id = 8
      yield* removeFile(server.world, path)
      const [files, jobs] = [yield* server.world.files, jobsOf(server.world).length]
      const again = yield* server.transcoding.transcodeVideo({ path, destination: "videos/other", externalId })
      const aLive = yield* server.lives.startLive({ ...live, externalId })
      deepStrictEqual([again, aLive], [first, first])
      deepStrictEqual(yield* server.world.files, files)
      assert.strictEqual(jobsOf(server.world).length, jobs)
      assert.strictEqual(watch.count("MediaProbe.probe"), 1)
      assert.strictEqual(server.world.pings, 1)
    })
  )

  it.effect("makes one video when two servers get it at the same moment, and leaves no file of the other", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const gate = yield* makeGate("VideoStore.insert", { opensAt: 2 })
      const servers = [yield* startProcess(world, gate), yield* startProcess(world, gate)]
      yield* store(world, path, Media.aVideo())
      const videos = yield* Effect.forEach(
        servers,
        (server, n) => {
          const own = FileKey.make(`uploads/${n}/cat.mov`)
          return Effect.gen(function* () {
            yield* server.uploads.hold(own)
            yield* store(world, own, Media.aVideo())
            return yield* server.transcoding.transcodeVideo({ path: own, destination: `videos/${n}`, externalId })
          }).pipe(Effect.scoped)
        },
        { concurrency: 2 }
      )
      assert.strictEqual(gate.waiting(), 2)
      assert.strictEqual(world.state.videos.size, 1)
      const [video] = videos
      deepStrictEqual(videos, [video, video])
      const kept = [video?.sourceKey, video?.thumbnailKey].flatMap((key) =>
        key === undefined ? [] : Option.toArray(key)
      )
      deepStrictEqual([...(yield* world.files)].sort(), [...kept, path].sort())
      for (const { abandoned } of world.state.uploads.values()) assert.isTrue(abandoned)
      assert.strictEqual(world.pings, 1)
      for (const job of jobsOf(world))
        deepStrictEqual(
          job.videoId,
          Option.map(Option.fromNullable(video), ({ id }) => id)
        )
    })
  )

  it.effect("starts one live", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const calls = [server, server].map(({ lives }) => lives.startLive({ ...live, externalId, metadata: { a: 1 } }))
      const [first, second] = yield* Effect.all(calls, { concurrency: 2 })
      deepStrictEqual(second, first)
      deepStrictEqual(first?.metadata, { a: 1 })
      assert.strictEqual(jobsOf(server.world).length, 1)
    })
  )

  it.effect("makes a new video after the first one was removed", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const first = yield* takeIn(server, { externalId })
      yield* server.removal.removeVideo(first.id)
      const second = yield* takeIn(server, { externalId })
      assert.notStrictEqual(second.id, first.id)
    })
  )
})
