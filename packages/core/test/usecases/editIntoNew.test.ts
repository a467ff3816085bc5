import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import * as Media from "../../src/testing/media.ts"
import type { EditIntoNew, EditTasks } from "../../src/usecases/video/editRequest.ts"
import {
  acceptNext,
  failNext,
  register,
  removeFile,
  store,
  succeed,
  takeIn,
  videoOf,
  videosOf
} from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { anEdit } from "../support/results.ts"
import { goOn, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const cut: EditTasks = [{ name: "cut", options: { start: 10, end: 40 } }]
const withLogo: EditTasks = [...cut, { name: "add-watermark", options: { file: "tasks/logo.png" } }]

/** A published video that was taken in with a title. */
const aVideo = (over: Parameters<typeof takeIn>[1] = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const settings = { resolutions: [360] as const, maxFailures: 1 }
    const { id } = yield* takeIn(server, { title: "Муур", fileName: "муур.mov", settings, ...over })
    yield* goOn(server, runner)
    yield* store(server.world, "tasks/logo.png", Media.aPicture({ width: 100, height: 50, kind: "png" }))
    return { server, runner, old: videoOf(server.world, { id }), files: yield* server.world.files }
  })

const editInto = (server: Process, { id }: Video, over: Partial<EditIntoNew> = {}, tasks: EditTasks = withLogo) =>
  server.editing.editVideo(id, tasks, { into: "new", ...over })

const madeBy = ({ world }: Process, { videoId }: RunnerJob): Video => videoOf(world, { id: Option.getOrThrow(videoId) })

const hooksOf = ({ world }: Process, { id }: Video): ReadonlyArray<string> =>
  world.told.filter(({ videoId }) => videoId === id).map(({ hook }) => hook)

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

describe("a new video whose edit", () => {
  const useless = ({ server, runner }: { server: Process; runner: Parameters<typeof acceptNext>[1] }) =>
    Effect.flatMap(acceptNext(server, runner), (held) =>
      succeed(server, held, anEdit(server.world, Media.aVideo({ seconds: 50 })))
    )
  const ends: ReadonlyArray<
    readonly [string, (given: Parameters<typeof useless>[0], job: RunnerJob) => Effect.Effect<unknown, unknown>]
  > = [
    ["fails", ({ runner, server }) => failNext(server, runner)],
    ["has a useless result", useless],
    ["is cancelled", ({ server }, { id }) => server.admin.cancel(id)]
  ]
  it.effect.each(ends)("%s has failed, and can be edited again from its copy", ([, end]) =>
    Effect.gen(function* () {
      const { old, ...given } = yield* aVideo()
      const { runner, server } = given
      const job = yield* editInto(server, old)
      yield* asTimeGoesBy(Effect.orDie(end(given, job)))
      yield* goOn(server, runner)
      const failed = madeBy(server, job)
      deepStrictEqual([failed.state, Option.isSome(failed.endedAt)], ["TranscodingFailed", true])
      deepStrictEqual(hooksOf(server, failed), ["editingFailed", "transcodingEnded"])
      deepStrictEqual(videoOf(server.world, old), old)
      assert.notInclude((yield* server.world.files) as ReadonlyArray<string>, "tasks/logo.png")
      yield* server.editing.editVideo(failed.id, cut)
      yield* goOn(server, runner)
      assert.strictEqual(madeBy(server, job).state, "Published")
    })
  )

  it.effect("runs while the old video is removed is completed", () =>
    Effect.gen(function* () {
      const { old, runner, server } = yield* aVideo()
      const job = yield* editInto(server, old)
      yield* server.removal.removeVideo(old.id)
      yield* goOn(server, runner)
      assert.strictEqual(madeBy(server, job).state, "Published")
      yield* server.removal.removeVideo(madeBy(server, job).id)
      deepStrictEqual(yield* server.world.files, [])
    })
  )

  it.effect("runs while the old video is edited itself is completed from the source as it was", () =>
    Effect.gen(function* () {
      const { old, runner, server } = yield* aVideo()
      const job = yield* editInto(server, old)
      yield* server.editing.editVideo(old.id, [{ name: "cut", options: { end: 5 } }], { keepSource: false })
      yield* goOn(server, runner)
      deepStrictEqual(madeBy(server, job).source.duration, Option.some(30))
      deepStrictEqual(videoOf(server.world, old).source.duration, Option.some(5))
    })
  )

  it.effect("runs can be removed, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const { files, old, runner, server } = yield* aVideo()
      for (const begin of [Effect.void, Effect.asVoid(Effect.orDie(acceptNext(server, runner)))]) {
        yield* store(server.world, "tasks/logo.png", Media.aPicture({ width: 100, height: 50, kind: "png" }))
        const job = yield* editInto(server, old)
        yield* begin
        yield* server.removal.removeVideo(madeBy(server, job).id, { keepSource: true })
        deepStrictEqual(
          yield* server.world.files,
          files.filter((name) => !name.startsWith("tasks/"))
        )
      }
      deepStrictEqual(videoOf(server.world, old), old)
      yield* goOn(server, runner)
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
