import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Option } from "effect"
import { nameOf } from "../../src/domain/video/FileNames.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import { readText, register, resolutionOf, store, takeIn, videoOf } from "../support/actions.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const published = Effect.gen(function* () {
  const server = yield* aProcess()
  const runner = yield* register(server)
  const { id } = yield* takeIn(server)
  for (let jobs = 0; jobs < 2; jobs++) yield* asTimeGoesBy(workOnce(server, runner))
  return { server, runner, video: videoOf(server.world, { id }) }
})

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
})
