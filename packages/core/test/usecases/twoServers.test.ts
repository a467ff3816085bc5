import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, readText, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { startProcess } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"
import { makeWorld, type World } from "../support/World.ts"

const count = (world: World, wanted: string): number => world.told.filter(({ hook }) => hook === wanted).length

const assertAllTold = (world: World, renditions: number): void =>
  deepStrictEqual(
    ["renditionReady", "videoPlayable", "transcodingEnded"].map((hook) => count(world, hook)),
    [renditions, 1, 1]
  )

describe("two servers over the same stores", () => {
  it.effect("publish two renditions at the same moment, and none is lost", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      // Both have read the same video before either writes it.
      const gate = yield* makeGate("VideoStore.save", { opensAt: 2 })
      const [a, b] = [yield* startProcess(world, gate), yield* startProcess(world, gate)]
      const runner = yield* register(a)
      const video = yield* takeIn(a)
      const [low, high] = [yield* acceptNext(a, runner), yield* acceptNext(b, runner)]
      yield* asTimeGoesBy(Effect.all([succeed(a, low), succeed(b, high)], { concurrency: 2 }))

      const after = videoOf(world, video)
      deepStrictEqual(
        after.files.map(({ resolution }) => resolution),
        [360, 480]
      )
      assert.lengthOf(world.masters, 3, "the second had to write its playlist again")
      for (const { missing } of world.masters) deepStrictEqual(missing, [])
      const text = yield* readText(world, Option.getOrThrow(after.playlistKey))
      assert.match(text, /RESOLUTION=640x360[\s\S]*RESOLUTION=853x480/)
      assertAllTold(world, 2)
      yield* assertConsistent(world)
    })
  )

  it.effect("publish eight renditions at the same moment, and none is lost", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const gate = yield* makeGate("VideoStore.save", { opensAt: 8 })
      const servers = [yield* startProcess(world, gate), yield* startProcess(world, gate)] as const
      const runner = yield* register(servers[0])
      const resolutions = [144, 240, 360, 480, 720, 1080, 1440, 2160] as const
      const video = yield* takeIn(servers[0], {
        source: Media.aVideo({ width: 3840, height: 2160 }),
        settings: { resolutions }
      })
      const work = yield* Effect.forEach(resolutions, (_, n) => {
        const server = servers[n % 2] ?? servers[0]
        return Effect.map(acceptNext(server, runner), (held) => ({ server, held }))
      })
      yield* asTimeGoesBy(
        Effect.forEach(work, ({ held, server }) => succeed(server, held), { concurrency: "unbounded" })
      )
      deepStrictEqual(
        videoOf(world, video).files.map(({ resolution }) => resolution),
        [...resolutions]
      )
      for (const { missing } of world.masters) deepStrictEqual(missing, [])
      assertAllTold(world, 8)
      yield* assertConsistent(world)
    })
  )

  it.effect("notice the end of a video at the same moment, and tell it once", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const gate = yield* makeGate("VideoStore.save", { opensAt: 2 })
      const [a, b] = [yield* startProcess(world, gate), yield* startProcess(world, gate)]
      const video = yield* takeIn(a)
      for (const job of world.state.jobs.values()) world.state.jobs.set(job.id, { ...job, state: "Cancelled" })
      yield* asTimeGoesBy(Effect.all([a.upkeep, b.upkeep], { concurrency: 2 }))
      assert.isTrue(Option.isSome(videoOf(world, video).endedAt))
      assert.strictEqual(count(world, "transcodingEnded"), 1)
    })
  )
})
