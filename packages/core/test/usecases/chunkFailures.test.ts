import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Option, TestClock } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { keysInUse } from "../../src/domain/video/VideoMachine.ts"
import { FileStorageError } from "../../src/ports/FileStorage.ts"
import { uploadKeyOf } from "../../src/ports/Tokens.ts"
import { accept, jobsOf, register, resolutionOf, retry, succeed, videoOf } from "../support/actions.ts"
import { assertGrowing, chunkingOf, takeFilm, unfinished, untilCut } from "../support/chunks.ts"
import { cutFilm, failChunk, jobOf, makeChunk, statesOf, workOn } from "../support/cutFilm.ts"
import { aProcess } from "../support/Process.ts"
import { upload } from "../support/results.ts"

describe("a chunk that fails for the last time", () => {
  it.effect("ends its rendition alone, which leaves the master playlist", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      yield* makeChunk(one, 360, 0)
      yield* failChunk(one, 360, 1)
      deepStrictEqual(statesOf(one.server, 360), ["Completed", "Errored", "ParentErrored"])
      deepStrictEqual(statesOf(one.server, 480), ["Pending"])
      yield* workOn(one)
      const film = videoOf(one.server.world, one.film)
      assert.isTrue(Option.isSome(film.endedAt))
      deepStrictEqual([film.state, film.files.map(({ resolution }) => resolution)], ["Published", [0, 480]])
      assert.isAbove(chunkingOf(one.server.world, film).chunks.length, 0, "a retry needs the chunks")
      yield* assertGrowing(one.server.world, film)
    })
  )

  it.effect("is made again by a retry, with all that ended because of it", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      const { server } = one
      yield* makeChunk(one, 360, 0)
      yield* failChunk(one, 360, 1)
      yield* workOn(one)
      yield* retry(server, jobOf(one, 360, 1).id)
      deepStrictEqual(statesOf(server, 360), ["Completed", "Pending"])
      yield* workOn(one)
      const film = videoOf(server.world, one.film)
      deepStrictEqual(
        film.files.map(({ resolution }) => resolution),
        [0, 360, 480]
      )
      deepStrictEqual(chunkingOf(server.world, film).chunks, [])
      assert.isTrue(Option.isSome(film.endedAt))
      yield* assertGrowing(server.world, film)
    })
  )

  it.effect("leaves a rendition that is made whole when renditions are ensured", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      const { server } = one
      yield* makeChunk(one, 360, 0)
      yield* failChunk(one, 360, 1)
      yield* workOn(one)
      const added = yield* server.transcoding.ensureRenditions(one.film.id)
      deepStrictEqual(
        added.map((job) => [resolutionOf(job), job.renditionId]),
        [[360, Option.none()]]
      )
      deepStrictEqual(unfinished(server.world, one.film, 360), undefined)
      yield* workOn(one)
      const film = videoOf(server.world, one.film)
      deepStrictEqual(
        film.files.map(({ parts, resolution }) => [resolution, parts === undefined]),
        [
          [0, true],
          [360, true],
          [480, false]
        ] as never
      )
      deepStrictEqual(yield* server.transcoding.ensureRenditions(one.film.id), [])
    })
  )

  it.effect("fails the video when nothing else can be played", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      yield* makeChunk(one, 360, 0)
      const sound = jobsOf(one.server.world).find((job) => resolutionOf(job) === 0) ?? assert.fail()
      yield* succeed(one.server, yield* accept(one.server, one.runner, sound.id))
      assert.strictEqual(videoOf(one.server.world, one.film).state, "Published")
      yield* failChunk(one, 480, 2)
      yield* failChunk(one, 360, 1)
      const film = videoOf(one.server.world, one.film)
      deepStrictEqual([film.state, film.playlistKey], ["TranscodingFailed", Option.none()])
    })
  )
})

/** A server whose storage is full while `isFull` is true. */
const withStorage = (isFull: () => boolean) =>
  aProcess({
    around: (call, effect) =>
      call === "FileStorage.adopt" && isFull()
        ? (Effect.fail(
            new FileStorageError({ operation: "adopt", key: FileKey.make("full"), cause: "disk full" })
          ) as never)
        : effect,
    settings: { customUploads: true, vodSilence: Duration.days(1) }
  })

describe("a film whose rest cannot be cut", () => {
  it.effect("is transcoded whole, and nothing of its chunks is left", () =>
    Effect.gen(function* () {
      let isFull = (): boolean => false
      const server = yield* withStorage(() => isFull())
      const runner = yield* register(server)
      const film = yield* takeFilm(server)
      isFull = () => chunkingOf(server.world, film).chunks.length >= 2
      yield* untilCut(server.world, film)
      assert.strictEqual(chunkingOf(server.world, film).chunks.length, 2)
      isFull = () => false
      const one = { server, film, runner }
      const sound = jobsOf(server.world).find((job) => resolutionOf(job) === 0) ?? assert.fail()
      yield* succeed(server, yield* accept(server, runner, sound.id))
      yield* makeChunk(one, 360, 0)
      assert.strictEqual(videoOf(server.world, film).state, "Published")
      const { claim } = yield* accept(server, runner, jobOf(one, 480, 0).id)
      const address = { id: claim.id, key: yield* uploadKeyOf(claim.jobToken), file: "videoFile" }
      yield* server.customUploads.store(address, upload(server.world, "part", new Uint8Array(1)))
      isFull = () => true
      for (let failures = 0; failures < 3; failures++) {
        yield* TestClock.adjust("1 hour")
        yield* server.upkeep
        for (let turns = 0; turns < 200; turns++) yield* Effect.yieldNow()
      }
      const whole = videoOf(server.world, film)
      deepStrictEqual([whole.state, whole.playlistKey], ["ToTranscode", Option.none()])
      yield* TestClock.adjust("2 hours")
      yield* server.upkeep
      const wanted = [...keysInUse(videoOf(server.world, film)), ...Option.toArray(film.sourceKey)].sort()
      deepStrictEqual(yield* server.world.files, wanted as never)
    })
  )
})
