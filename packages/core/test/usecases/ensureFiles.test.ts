import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Option } from "effect"
import { isTerminal } from "../../src/domain/job/RunnerJob.ts"
import { nameOf } from "../../src/domain/video/FileNames.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import { jobsOf, readText, register, resolutionOf, store, takeIn, videoOf } from "../support/actions.ts"
import { withLog } from "../support/calls.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const publishedBy = (plan: NonNullable<TranscodeVideo["plan"]>) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const { id } = yield* takeIn(server, { plan })
    while (yield* asTimeGoesBy(workOnce(server, runner)));
    return { server, runner, video: videoOf(server.world, { id }) }
  })

const published = publishedBy({})

const masterOf = (video: Video) => Option.getOrThrow(video.playlistKey)
const remove = (server: Process, key: Video["destination"]) => Context.get(server.world.ports, FileStorage).remove(key)
const text = (words: string) => new TextEncoder().encode(words)

describe("ensureRenditions of a video whose files are damaged", () => {
  for (const damage of ["missing", "cut off", "empty"] as const) {
    it.effect(`writes a master playlist that is ${damage} again, and has nothing made`, () =>
      Effect.gen(function* () {
        const { server, video } = yield* published
        const { world } = server
        const before = yield* readText(world, masterOf(video))
        if (damage === "missing") yield* remove(server, masterOf(video))
        else yield* store(world, masterOf(video), text(damage === "empty" ? "" : before.slice(0, 40)))
        deepStrictEqual(yield* server.transcoding.ensureRenditions(video.id), [])
        const after = videoOf(world, video)
        assert.notStrictEqual(masterOf(after), masterOf(video))
        assert.strictEqual(yield* readText(world, masterOf(after)), before)
        deepStrictEqual([after.state, after.endedAt], ["Published", video.endedAt])
        assert.strictEqual(world.state.uploads.size, 0)
        yield* assertConsistent(world)
        deepStrictEqual(yield* server.transcoding.ensureRenditions(video.id), [])
        deepStrictEqual(masterOf(videoOf(world, video)), masterOf(after))
      })
    )
  }

  for (const part of ["key", "playlistKey"] as const) {
    it.effect(
      `has a rendition made again when its ${part === "key" ? "media file" : "playlist"} is missing or damaged`,
      () =>
        Effect.gen(function* () {
          const { runner, server, video } = yield* published
          const { world } = server
          const [low, high] = video.files
          assert.isDefined(low)
          assert.isDefined(high)
          yield* remove(server, low[part])
          yield* store(world, high[part], text("#EXTM3U"))
          world.reopened += 1
          const made = yield* server.transcoding.ensureRenditions(video.id)
          deepStrictEqual(made.map(resolutionOf), [360, 480])
          for (let jobs = 0; jobs < 2; jobs++) yield* asTimeGoesBy(workOnce(server, runner))
          const after = videoOf(world, video)
          deepStrictEqual(
            after.files.map(({ resolution }) => resolution),
            [360, 480]
          )
          const stored = yield* world.files
          for (const file of after.files) assert.includeMembers([...stored], [file.key, file.playlistKey])
          assert.notInclude(
            after.files.map(({ key }) => key),
            low.key
          )
          assert.include(yield* readText(world, masterOf(after)), nameOf(after.files[0]?.playlistKey ?? low.key))
          assert.strictEqual(after.state, "Published")
        })
    )
  }

  it.effect("keeps the renditions that are whole, and plays them from then on", () =>
    Effect.gen(function* () {
      const { server, video } = yield* published
      const { world } = server
      const [low, high] = video.files
      assert.isDefined(low)
      assert.isDefined(high)
      yield* remove(server, low.playlistKey)
      world.reopened += 1
      const made = yield* server.transcoding.ensureRenditions(video.id)
      deepStrictEqual(made.map(resolutionOf), [360])
      const after = videoOf(world, video)
      deepStrictEqual(after.files, [high])
      const pending = after.pendingDeletion.map(({ key }) => key)
      assert.includeMembers(pending, [low.key, low.playlistKey, masterOf(video)])
      assert.notIncludeMembers(pending, [high.key, high.playlistKey])
      const master = yield* readText(world, masterOf(after))
      assert.include(master, nameOf(high.playlistKey))
      assert.notInclude(master, nameOf(low.playlistKey))
    })
  )

  it.effect("retires the master playlist when no rendition is left", () =>
    Effect.gen(function* () {
      const { server, video } = yield* published
      const { world } = server
      for (const { key } of video.files) yield* remove(server, key)
      world.reopened += 1
      assert.lengthOf(yield* server.transcoding.ensureRenditions(video.id), 2)
      const after = videoOf(world, video)
      deepStrictEqual([after.files, after.playlistKey], [[], Option.none()])
      assert.include(
        after.pendingDeletion.map(({ key }) => key),
        masterOf(video)
      )
    })
  )

  for (const damage of ["missing", "damaged"] as const) {
    it.effect(`has a progressive file made again when it is ${damage}, and leaves the others`, () =>
      Effect.gen(function* () {
        const { server, video } = yield* publishedBy({ webVideos: true })
        const { world } = server
        deepStrictEqual(yield* server.transcoding.ensureRenditions(video.id), [])
        const [broken, ...whole] = video.webVideos
        assert.isDefined(broken)
        assert.lengthOf(whole, 1)
        if (damage === "missing") yield* remove(server, broken.key)
        else yield* store(world, broken.key, text("cut off"))
        world.reopened += 1
        const [, log] = yield* withLog(server.transcoding.ensureRenditions(video.id))
        const after = videoOf(world, video)
        deepStrictEqual([after.webVideos, after.files], [whole, video.files])
        deepStrictEqual(after.playlistKey, video.playlistKey)
        assert.include(
          after.pendingDeletion.map(({ key }) => key),
          broken.key
        )
        assert.include(log, broken.key)
        const made = jobsOf(world).filter((job) => !isTerminal(job))
        deepStrictEqual(
          made.map((job) => [job.type, resolutionOf(job)]),
          [["vod-web-video-transcoding", broken.resolution]]
        )
      })
    )
  }

  it.effect("leaves a video without HLS alone while its files are whole", () =>
    Effect.gen(function* () {
      const { server, video } = yield* publishedBy({ webVideos: true, hls: false })
      deepStrictEqual(video.playlistKey, Option.none())
      const [made, log] = yield* withLog(server.transcoding.ensureRenditions(video.id))
      deepStrictEqual(made, [])
      deepStrictEqual(videoOf(server.world, video), video)
      assert.notInclude(log, "Files are missing or damaged")
    })
  )
})
