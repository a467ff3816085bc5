import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { EditIntoNew } from "../../src/usecases/video/editRequest.ts"
import { acceptNext, removeFile, succeed, takeIn, videoOf, videosOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aVideo, cut, editInto, hooksOf, madeBy } from "../support/editIntoNew.ts"
import { aProcess } from "../support/Process.ts"
import { goOn, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

describe("an edit into a new video", () => {
  it.effect("makes a video of its own, and leaves the old one as it is, during and after", () =>
    Effect.gen(function* () {
      const { files, old, runner, server } = yield* aVideo()
      const { world } = server
      const job = yield* editInto(server, old)
      const waiting = madeBy(server, job)
      assert.notStrictEqual(waiting.id, old.id)
      deepStrictEqual([waiting.state, waiting.endedAt, waiting.playlistKey], ["ToEdit", Option.none(), Option.none()])
      deepStrictEqual([waiting.title, waiting.fileName], [old.title, old.fileName])
      assert.strictEqual(waiting.destination, `videos/${waiting.id}`)
      deepStrictEqual(videoOf(world, old), old)
      const copy = Option.getOrThrow(waiting.sourceKey)
      assert.match(copy, /^videos\/[-0-9a-f]{36}\/[-0-9a-f]{36}-source\.mov$/)
      const held = yield* acceptNext(server, runner)
      assert.strictEqual(yield* server.jobFiles.find(held.claim, waiting.id, "maxQuality"), copy)
      yield* asTimeGoesBy(succeed(server, held))
      yield* goOn(server, runner)

      const made = madeBy(server, job)
      deepStrictEqual([made.state, made.files.length, made.source.duration], ["Published", 1, Option.some(30)])
      assert.isTrue(Option.isSome(made.thumbnailKey))
      deepStrictEqual(hooksOf(server, made), ["editingEnded", "renditionReady", "videoPlayable", "transcodingEnded"])
      deepStrictEqual(videoOf(world, old), old)
      const left: ReadonlyArray<string> = yield* world.files
      for (const key of files.filter((name) => name !== "tasks/logo.png")) assert.include(left, key)
      assert.notInclude(left, copy)
      assert.notInclude(left, "tasks/logo.png")
    })
  )

  it.effect("takes place and names from the call", () =>
    Effect.gen(function* () {
      const { old, server } = yield* aVideo()
      const asked = { destination: "clips/cat", baseName: "short", title: "Short", fileName: "short.mp4" }
      const made = madeBy(server, yield* editInto(server, old, asked))
      deepStrictEqual([made.destination, made.baseName, made.title, made.fileName], [
        "clips/cat",
        Option.some("short"),
        Option.some("Short"),
        Option.some("short.mp4")
      ] as never)
      assert.isTrue(Option.exists(made.sourceKey, (key) => key.startsWith("clips/cat/short-")))
    })
  )

  it.effect("works from renditions when the old source is gone, with the audio in its own file", () =>
    Effect.gen(function* () {
      const { old, runner, server } = yield* aVideo({ plan: { keepSource: false, splitAudio: true } })
      assert.isTrue(Option.isNone(old.sourceKey))
      const job = yield* editInto(server, old)
      assert.deepInclude(job.privatePayload, { separatedSound: true })
      const { soundKey } = madeBy(server, job)
      const held = yield* acceptNext(server, runner)
      const video = Option.getOrThrow(job.videoId)
      deepStrictEqual(Option.some(yield* server.jobFiles.find(held.claim, video, "maxQualityAudio")), soundKey)
      yield* asTimeGoesBy(succeed(server, held))
      yield* goOn(server, runner)
      assert.strictEqual(madeBy(server, job).state, "Published")
      deepStrictEqual(videoOf(server.world, old), old)
      yield* server.removal.removeVideo(video, { keepSource: true })
      yield* server.removal.removeVideo(old.id)
      deepStrictEqual(yield* server.world.files, ["uploads/cat.mov"].slice(1) as never)
    })
  )

  it.effect("does not wait for captions of the old video, nor cancel them", () =>
    Effect.gen(function* () {
      const { old, runner, server } = yield* aVideo()
      const { id } = yield* server.transcription.transcribeVideo({ video: old.id })
      yield* editInto(server, old)
      assert.strictEqual(server.world.state.jobs.get(id)?.state, "Pending")
      yield* goOn(server, runner)
      assert.lengthOf(videoOf(server.world, old).captions, 1)
    })
  )
})

describe("an edit into a new video with an external id", () => {
  it.effect("makes one video, also when the old one is gone, with the facts of the host", () =>
    Effect.gen(function* () {
      const { old, server } = yield* aVideo()
      const asked = { externalId: "clip 7", metadata: { owner: 7 } }
      const job = yield* editInto(server, old, asked)
      const made = madeBy(server, job)
      deepStrictEqual([made.externalId, made.metadata], [Option.some("clip 7"), { owner: 7 }] as never)
      yield* server.removal.removeVideo(old.id, { keepSource: true })
      deepStrictEqual((yield* editInto(server, old, asked)).id, job.id)
      assert.lengthOf(videosOf(server.world), 1)
    })
  )

  it.effect("is refused when another call has used the id", () =>
    Effect.gen(function* () {
      const { old, server } = yield* aVideo({ externalId: "cat" })
      assert.strictEqual(yield* outcome(editInto(server, old, { externalId: "cat" })), "InvalidRequest")
    })
  )
})

describe("no new video is made", () => {
  it.effect.each<readonly [string, object, string]>([
    ["with an option of the other kind of edit", { into: "new", keepSource: true }, "InvalidRequest"],
    ["in the folder of an edit in place", { destination: "clips/cat" }, "InvalidRequest"],
    ["of an unknown kind", { into: "other" }, "InvalidRequest"],
    ["outside the storage", { into: "new", destination: "../cat" }, "InvalidRequest"],
    ["with a name that needs escaping", { into: "new", baseName: "a b" }, "InvalidRequest"],
    ["with a title of two lines", { into: "new", title: "a\nb" }, "InvalidRequest"]
  ])("%s", ([, options, refusal]) =>
    Effect.gen(function* () {
      const { files, old, server } = yield* aVideo()
      const asked = server.editing.editVideo(old.id, cut, options as EditIntoNew)
      assert.strictEqual(yield* outcome(asked), refusal)
      assert.lengthOf(videosOf(server.world), 1)
      deepStrictEqual(yield* server.world.files, files)
    })
  )

  it.effect("when the source is missing, and the files of the tasks stay", () =>
    Effect.gen(function* () {
      const { old, server } = yield* aVideo()
      yield* removeFile(server.world, "uploads/cat.mov")
      const before = yield* server.world.files
      assert.strictEqual(yield* outcome(editInto(server, old)), "MissingInput")
      deepStrictEqual(yield* server.world.files, before)
      assert.isTrue([...server.world.state.uploads.values()].every(({ abandoned }) => abandoned))
    })
  )

  it.effect("while the old video is not playable yet", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server)
      assert.strictEqual(yield* outcome(editInto(server, video, {}, cut)), "VideoNotReady")
    })
  )

  it.effect("with a missing thumbnail the new video has none", () =>
    Effect.gen(function* () {
      const { old, runner, server } = yield* aVideo()
      yield* removeFile(server.world, Option.getOrThrow(old.thumbnailKey))
      const made = madeBy(server, yield* editInto(server, old))
      deepStrictEqual(made.thumbnailKey, Option.none())
      yield* asTimeGoesBy(workOnce(server, runner))
      yield* asTimeGoesBy(workOnce(server, runner))
      assert.strictEqual(videoOf(server.world, made).state, "Published")
    })
  )
})
