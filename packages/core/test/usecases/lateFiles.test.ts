import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, TestClock } from "effect"
import { liveFolder } from "../../src/domain/live/LiveFiles.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { store, videoOf } from "../support/actions.ts"
import { added, aRunningLive, report, sessionOf } from "../support/live.ts"
import { type Around, aProcess, startProcess } from "../support/Process.ts"
import type { World } from "../support/World.ts"

/** Writes a segment into the live's folder right before the call, as a report does that was checked earlier. */
const lateSegment = (world: World, folder: string, before: string): Around => {
  const segment = Effect.orDie(store(world, `${folder}/0-000009.ts`, new Uint8Array(10)))
  return (call, effect) => (call === before ? Effect.zipRight(segment, effect) : effect)
}

const aLive = Effect.gen(function* () {
  const server = yield* aProcess()
  const { held, video } = yield* aRunningLive(server)
  for (const variant of [0, 1]) yield* report(server, held, added(server.world, variant, 0))
  const folder = liveFolder(video.destination, sessionOf(server.world, video).id)
  return { server, world: server.world, held, video, folder }
})

const hasSegment = (world: World, folder: string) =>
  Effect.map(world.files, (files) => files.some((key) => key === `${folder}/0-000009.ts`))

describe("a segment that is written after the folder of its live was removed", () => {
  it.effect("goes with the video", () =>
    Effect.gen(function* () {
      const { folder, video, world } = yield* aLive
      const server = yield* startProcess(world, { around: lateSegment(world, folder, "VideoStore.remove") })
      yield* server.removal.removeVideo(video.id)
      deepStrictEqual(yield* world.files, [])
      assert.strictEqual(world.state.videos.size, 0)
    })
  )

  it.effect("goes with the pending deletion", () =>
    Effect.gen(function* () {
      const { folder, held, server, video, world } = yield* aLive
      yield* server.jobs.error({ ...held.claim, message: "no input" })
      yield* TestClock.adjust("2 hours")
      assert.isNotEmpty(videoOf(world, video).pendingDeletion)
      const sweeping = yield* startProcess(world, { around: lateSegment(world, folder, "VideoStore.save") })
      yield* sweeping.upkeep
      deepStrictEqual(pending(world, video), [])
      assert.isFalse(yield* hasSegment(world, folder))
    })
  )
})

const pending = (world: World, video: Video) => videoOf(world, video).pendingDeletion
