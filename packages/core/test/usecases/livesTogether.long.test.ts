import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { inFolder } from "../../src/domain/FileKey.ts"
import { liveFolder } from "../../src/domain/live/LiveFiles.ts"
import { segmentsIn } from "../../src/domain/live/LivePlaylists.ts"
import { type Held, readText, videoOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { interleave } from "../support/interleave.ts"
import { added, aRunningLive, chunkName, liveFiles, report, sessionOf, variantPlaylist } from "../support/live.ts"
import { type Process, startProcess } from "../support/Process.ts"
import { makeWorld, type World } from "../support/World.ts"

const numbers = Array.from({ length: 8 }, (_, number) => number)

/** The live plays: its master and its playlists list existing files only. */
const assertWatchable = (world: World, id: Held["job"]["videoId"]) =>
  Effect.gen(function* () {
    const video = videoOf(world, { id: Option.getOrThrow(id) })
    const folder = liveFolder(video.destination, sessionOf(world, video).id)
    assert.strictEqual(video.state, "Published")
    deepStrictEqual(video.playlistKey, Option.some(inFolder(folder, "master.m3u8")))
    const stored = yield* liveFiles(world)
    const texts = yield* Effect.forEach([0, 1], (variant) => readText(world, `${folder}/${variant}.m3u8`))
    for (const text of texts) {
      for (const { name } of yield* segmentsIn(text)) assert.include(stored, name)
    }
    assert.strictEqual(world.told.filter(({ hook }) => hook === "liveStarted").length, 1)
    return texts
  }).pipe(Effect.orDie)

describe("reports that come several at once", { timeout: 300_000 }, () => {
  it.effect("leave the newest playlist of each variant, in any order", () =>
    Effect.gen(function* () {
      for (const order of [numbers, [...numbers].reverse(), [3, 7, 0, 6, 1, 5, 2, 4]]) {
        const world = yield* makeWorld
        const server = yield* startProcess(world)
        const { held } = yield* aRunningLive(server)
        const all = order.flatMap((number) => [added(world, 0, number), added(world, 1, number)])
        yield* Effect.forEach(all, (payload) => report(server, held, payload), { concurrency: "unbounded" })
        deepStrictEqual(yield* assertWatchable(world, held.job.videoId), [
          variantPlaylist(0, 0, 7),
          variantPlaylist(1, 0, 7)
        ])
      }
    })
  )

  it.effect("do not put back what a slower one has read before", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let isClosed = false
      const gate = yield* makeGate("FileStorage.write", { isClosed: () => isClosed })
      const server = yield* startProcess(world, { around: gate.around })
      const { held, video } = yield* aRunningLive(server)
      isClosed = true
      const older = yield* Effect.fork(report(server, held, added(world, 1, 1)))
      const newer = yield* Effect.fork(report(server, held, added(world, 1, 2)))
      yield* Effect.repeat(Effect.yieldNow(), { until: () => gate.waiting() > 0 })
      isClosed = false
      yield* gate.open
      yield* Effect.all([older.await, newer.await])
      const folder = liveFolder(video.destination, sessionOf(world, video).id)
      assert.strictEqual(yield* readText(world, `${folder}/1.m3u8`), variantPlaylist(1, 0, 2))
    })
  )

  it.effect("start the live once, on whichever server the last playlist arrives", () =>
    Effect.gen(function* () {
      const points = yield* interleave<Held>({
        given: (server) => Effect.map(aRunningLive(server), ({ held }) => held),
        when: (server, held) => report(server, held, added(server.world, 0, 0)),
        meanwhile: ({ given, other }) => report(other, given, added(other.world, 1, 0)),
        afterwards: (other, { job }) => Effect.asVoid(assertWatchable(other.world, job.videoId))
      })
      assert.isAbove(points, 10)
    })
  )

  it.effect("leave nothing when the live is removed by another server, at any moment", () =>
    Effect.gen(function* () {
      const begin = (server: Process) =>
        Effect.gen(function* () {
          const { held } = yield* aRunningLive(server)
          for (const variant of [0, 1]) yield* Effect.orDie(report(server, held, added(server.world, variant, 0)))
          return held
        })
      const points = yield* interleave<Held>({
        given: begin,
        when: (server, held) => outcome(report(server, held, added(server.world, 1, 1))),
        meanwhile: ({ given, other }) => other.removal.removeVideo(Option.getOrThrow(given.job.videoId)),
        afterwards: ({ world }) => Effect.map(world.files, (files) => deepStrictEqual(files, []))
      })
      assert.isAbove(points, 10)
    })
  )

  it.effect("are wanted or not, and nothing in between, when the live is stopped meanwhile", () =>
    Effect.gen(function* () {
      yield* interleave<Held>({
        given: (server) => Effect.map(aRunningLive(server), ({ held }) => held),
        when: (server, held) => outcome(report(server, held, added(server.world, 0, 0))),
        meanwhile: ({ given, other }) => other.lives.stopLive(Option.getOrThrow(given.job.videoId)),
        afterwards: (other, held) =>
          Effect.gen(function* () {
            const { world } = other
            assert.strictEqual(yield* outcome(report(other, held, added(world, 0, 1))), "JobNotProcessing")
            assert.notInclude(yield* liveFiles(world), chunkName(0, 1))
            yield* Effect.orDie(other.jobs.success({ ...held.claim, payload: undefined, release: Effect.void }))
            assert.strictEqual(videoOf(world, { id: Option.getOrThrow(held.job.videoId) }).state, "LiveEnded")
          })
      })
    })
  )
})
