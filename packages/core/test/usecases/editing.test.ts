import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { editedSourceKey } from "../../src/domain/video/FileNames.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import * as Media from "../../src/testing/media.ts"
import {
  acceptNext,
  jobOf,
  jobsOf,
  type Registered,
  register,
  store,
  succeed,
  takeIn,
  videoOf
} from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { anEdit } from "../support/results.ts"
import { goOn, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

type Tasks = Parameters<Process["editing"]["editVideo"]>[1]

const cut: Tasks = [{ name: "cut", options: { start: 10, end: 40 } }]
const withFiles: Tasks = [
  { name: "add-intro", options: { file: "tasks/intro.mp4" } },
  { name: "add-watermark", options: { file: "tasks/logo.png" } }
]

const hooks = ({ world }: Process) => world.told.map(({ hook }) => hook)

const filesOf = ({ world }: Process): Effect.Effect<ReadonlyArray<string>> => world.files

const storeTaskFiles = ({ world }: Process) =>
  Effect.zipRight(
    store(world, "tasks/intro.mp4", Media.aVideo({ seconds: 5 })),
    store(world, "tasks/logo.png", Media.aPicture({ width: 100, height: 50, kind: "png" }))
  )

/** A video with a rendition, captions and a storyboard, all as its plan asks for, and a runner. */
const aVideo = (over: Parameters<typeof takeIn>[1] = {}) =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const settings = { resolutions: [360] as const, maxFailures: 1 }
    const video = yield* takeIn(server, { settings, plan: { storyboard: true }, ...over })
    yield* server.transcription.transcribeVideo({ video: video.id })
    for (let n = 0; n < 3; n++) yield* asTimeGoesBy(workOnce(server, runner))
    yield* storeTaskFiles(server)
    return { server, runner, video }
  })

const edit = (server: Process, video: Video, tasks: Tasks = cut) => server.editing.editVideo(video.id, tasks)

const edited = (server: Process, runner: Registered, video: Video, tasks: Tasks) =>
  Effect.gen(function* () {
    const { id } = yield* edit(server, video, tasks)
    yield* asTimeGoesBy(workOnce(server, runner))
    return jobOf(server.world, id)
  })

describe("an edited video", () => {
  it.effect("has the result for its source, nothing of what it was, and is transcoded anew", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo()
      const { world } = server
      const before = videoOf(world, video)
      const job = yield* edited(server, runner, video, cut)
      deepStrictEqual([job.state, job.priority, job.awaited], ["Completed", 150, true])

      const after = videoOf(world, video)
      const sourceKey = editedSourceKey(video, Option.getOrThrow(job.attemptId))
      deepStrictEqual(
        [after.state, after.sourceKey, after.endedAt],
        ["ToTranscode", Option.some(sourceKey), Option.none()]
      )
      deepStrictEqual(after.source.duration, Option.some(30))
      deepStrictEqual([after.files, after.captions, after.playlistKey], [[], [], Option.none()])
      deepStrictEqual(after.storyboard, Option.none())
      deepStrictEqual(after.thumbnailKey, before.thumbnailKey)
      const added = jobsOf(world).filter(({ state }) => state === "Pending")
      deepStrictEqual(
        added.map(({ type }) => type),
        ["vod-hls-transcoding", "generate-video-storyboard"]
      )
      yield* assertConsistent(world)
      yield* goOn(server, runner)
      assert.strictEqual(videoOf(world, video).state, "Published")
      assert.include(yield* filesOf(server), "uploads/cat.mov", "the source is the host's")
      const told = ["editingEnded", "renditionReady", "videoPlayable", "transcodingEnded", "storyboardReady"]
      deepStrictEqual(hooks(server).slice(-5), told)
    })
  )

  it.effect("keeps its captions while nothing moves, and the files of the tasks are gone", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo()
      const { captions } = videoOf(server.world, video)
      yield* edited(server, runner, video, withFiles.slice(1))
      assert.lengthOf(captions, 1)
      deepStrictEqual(videoOf(server.world, video).captions, captions)
      yield* goOn(server, runner)
      assert.notInclude(yield* filesOf(server), "tasks/logo.png")
    })
  )

  it.effect("can be edited again: the first result goes, the host's source too when nobody keeps it", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo({ plan: { storyboard: true, keepSource: false } })
      const first = yield* edited(server, runner, video, cut)
      for (let n = 0; n < 2; n++) yield* asTimeGoesBy(workOnce(server, runner))
      yield* edited(server, runner, video, withFiles)
      assert.deepStrictEqual(videoOf(server.world, video).source.duration, Option.some(35))
      yield* goOn(server, runner)
      const files = yield* filesOf(server)
      assert.notInclude(files, editedSourceKey(video, Option.getOrThrow(first.attemptId)))
      assert.notInclude(files, "uploads/cat.mov")
      yield* server.removal.removeVideo(video.id, { keepSource: true })
      deepStrictEqual(yield* server.world.files, [])
    })
  )

  it.effect("is what it was when the result is of no use, when the runner fails, or when it is cancelled", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo()
      const { world } = server
      const before = videoOf(world, video)
      const held = Effect.zipRight(edit(server, video, withFiles), acceptNext(server, runner))
      const useless = Effect.flatMap(held, (it) => succeed(server, it, anEdit(world, Media.aVideo({ seconds: 50 }))))
      const fail = Effect.flatMap(held, ({ claim }) => server.jobs.error({ ...claim, message: "no" }))
      const cancel = Effect.flatMap(held, ({ job }) => server.admin.cancel(job.id))
      const ends: ReadonlyArray<Effect.Effect<void, { readonly message: string }>> = [useless, fail, cancel]
      for (const end of ends) {
        yield* storeTaskFiles(server)
        yield* asTimeGoesBy(end)
        const { endedAt, pendingDeletion, revision, updatedAt, ...after } = videoOf(world, video)
        assert.isTrue(Option.isSome(endedAt))
        deepStrictEqual({ ...before, ...after }, before)
        const gone = pendingDeletion.map(({ key }) => key).slice(-2)
        deepStrictEqual(gone.map(String), ["tasks/intro.mp4", "tasks/logo.png"])
        world.state.videos.set(video.id, { ...videoOf(world, video), pendingDeletion: before.pendingDeletion })
      }
      deepStrictEqual(hooks(server).slice(-3), ["editingFailed", "editingFailed", "editingFailed"])
      const errors = jobsOf(world).slice(-3)
      assert.match(
        Option.getOrThrow(errors[0]?.error ?? Option.none()),
        /lasts 50 s although the tasks should leave 65 s/
      )
      yield* assertConsistent(world)
    })
  )

  it.effect("that is removed meanwhile takes the files of its tasks along", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo()
      yield* edit(server, video, withFiles)
      yield* acceptNext(server, runner)
      yield* server.removal.removeVideo(video.id)
      deepStrictEqual(yield* server.world.files, [])
    })
  )
})

describe("while a video is edited", () => {
  it.effect("its runner finds the files of the tasks, under the names in the payload", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo()
      yield* edit(server, video, withFiles)
      const { claim } = yield* acceptNext(server, runner)
      const find = (name: string) => server.jobFiles.findTaskFile(claim, video.id, name)
      assert.strictEqual(yield* find("task-1.mp4"), "tasks/intro.mp4")
      assert.strictEqual(yield* find("task-2.png"), "tasks/logo.png")
      assert.strictEqual(yield* outcome(find("task-3.png")), "UnknownTaskFile")
    })
  )

  it.effect("refuses other work, and cancels earlier captions", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo()
      const { id } = yield* server.transcription.transcribeVideo({ video: video.id })
      yield* edit(server, video)
      assert.strictEqual(jobOf(server.world, id).state, "Cancelled")
      assert.strictEqual(videoOf(server.world, video).state, "ToEdit")
      assert.strictEqual(yield* outcome(edit(server, video)), "VideoNotReady")
      assert.strictEqual(yield* outcome(server.storyboards.makeStoryboard(video.id)), "VideoNotReady")
      assert.strictEqual(yield* outcome(server.transcription.transcribeVideo({ video: video.id })), "VideoNotReady")
      yield* goOn(server, runner)
    })
  )
})

describe("no edit", () => {
  it.effect.each<readonly [string, unknown, string]>([
    ["without tasks", [], "InvalidRequest"],
    ["by an unknown task", [{ name: "explode", options: {} }], "InvalidRequest"],
    ["that begins behind the end", [{ name: "cut", options: { start: 60 } }], "InvalidRequest"],
    ["that ends behind the end", [{ name: "cut", options: { end: 61 } }], "InvalidRequest"],
    [
      "that leaves nothing",
      [{ name: "remove-segments", options: { segments: [{ start: 0, end: 60 }] } }],
      "InvalidRequest"
    ],
    ["with the video's own source", [{ name: "add-intro", options: { file: "uploads/cat.mov" } }], "InvalidRequest"],
    [
      "with a file that there is not",
      [{ name: "add-intro", options: { file: "tasks/none.mp4" } }],
      "VideoFileNotFound"
    ],
    ["with a picture for an intro", [{ name: "add-intro", options: { file: "tasks/logo.png" } }], "UnusableMedia"],
    ["with sound for an outro", [{ name: "add-outro", options: { file: "tasks/meow.mp3" } }], "UnusableMedia"],
    ["with a video for a watermark", [{ name: "add-watermark", options: { file: "tasks/intro.mp4" } }], "UnusableMedia"]
  ])("%s", ([, tasks, refusal]) =>
    Effect.gen(function* () {
      const { server, video } = yield* aVideo()
      yield* store(server.world, "tasks/meow.mp3", Media.anAudioFile())
      const before = videoOf(server.world, video)
      assert.strictEqual(yield* outcome(edit(server, video, tasks as Tasks)), refusal)
      deepStrictEqual(videoOf(server.world, video), before)
      assert.include(yield* filesOf(server), "tasks/intro.mp4")
    })
  )

  it.effect("of a video that is being transcoded, nor of sound alone", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server)
      assert.strictEqual(yield* outcome(edit(server, video)), "VideoNotReady")
      yield* asTimeGoesBy(workOnce(server, runner))
      assert.strictEqual(yield* outcome(edit(server, video)), "VideoBusy")
      const other = yield* aVideo({ source: Media.anAudioFile(), plan: {} })
      assert.strictEqual(yield* outcome(edit(other.server, other.video)), "UnusableMedia")
    })
  )
})
