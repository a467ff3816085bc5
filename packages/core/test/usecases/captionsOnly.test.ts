import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Array as Arr, Context, Effect, Option } from "effect"
import { start } from "../../src/domain/event/EventCursor.ts"
import type { FileKey } from "../../src/domain/FileKey.ts"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { EventStore } from "../../src/ports/EventStore.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import type { TranscribeVideo } from "../../src/usecases/video/Transcription.ts"
import {
  acceptNext,
  failNext,
  jobOf,
  jobsOf,
  readText,
  register,
  succeed,
  takeIn,
  videoOf,
  videosOf
} from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { goOn, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const elsewhere = { destination: "videos/dog", videoUrl: "https://elsewhere.example/dog.mp4" }

const transcribe = (server: Process, over: Partial<TranscribeVideo> = {}) =>
  server.transcription.transcribeVideo({ ...elsewhere, ...over } as TranscribeVideo)

const videoIn = ({ world }: Process, { videoId }: RunnerJob) => videoOf(world, { id: Option.getOrThrow(videoId) })

const eventsOf = ({ world }: Process) =>
  Effect.map(
    Context.get(world.ports, EventStore).after(start, 100),
    Arr.map(({ type }) => type)
  )

describe("captions of a video that lies elsewhere", () => {
  it.effect("create a video that is neither published nor failed, and that waits for nothing", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const job = yield* transcribe(server, { title: "Нохой", fileName: "dog.mp4" })
      deepStrictEqual([job.type, job.awaited, job.payload], [
        "video-transcription",
        false,
        { videoUrl: elsewhere.videoUrl }
      ] as never)
      const video = videoIn(server, job)
      deepStrictEqual([video.state, video.endedAt], ["ToImport", Option.some(video.createdAt)])
      deepStrictEqual([video.title, video.fileName], [Option.some("Нохой"), Option.some("dog.mp4")])
      deepStrictEqual([video.sourceKey, video.playlistKey, video.files], [Option.none(), Option.none(), []])
      assert.strictEqual(video.destination, "videos/dog")
      yield* asTimeGoesBy(server.upkeep)
      deepStrictEqual(videoIn(server, job), video)
      deepStrictEqual(yield* eventsOf(server), ["video.created", "job.pending"])
    })
  )

  it.effect("are published as a file, without a master playlist, and nothing else is reported", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const job = yield* transcribe(server)
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      yield* goOn(server, runner)
      const { captions, language, playlistKey, state } = videoIn(server, job)
      deepStrictEqual([state, Option.getOrNull(language), playlistKey], ["ToImport", "en", Option.none()])
      const [caption] = captions
      assert.isDefined(caption)
      assert.include(yield* readText(server.world, caption.key), "Meow.")
      assert.include(yield* readText(server.world, caption.playlistKey), "#EXTINF:2.500,")
      deepStrictEqual(
        server.world.told.map(({ hook }) => hook),
        ["transcriptionEnded"]
      )
    })
  )

  it.effect("can fail and be retried. The video has not failed", () =>
    Effect.gen(function* () {
      const server = yield* aProcess({ settings: { maxFailures: 1 } as never })
      const runner = yield* register(server)
      const { id } = yield* transcribe(server)
      while (jobOf(server.world, id).state !== "Errored") yield* asTimeGoesBy(failNext(server, runner))
      assert.strictEqual(videoIn(server, jobOf(server.world, id)).state, "ToImport")
      deepStrictEqual(
        server.world.told.map(({ hook }) => hook),
        ["transcriptionFailed"]
      )
      server.world.reopened += 1
      yield* server.admin.retry(id)
      yield* goOn(server, runner)
      assert.lengthOf(videoIn(server, jobOf(server.world, id)).captions, 1)
    })
  )

  it.effect("are made again for the same video, and removed with it", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const first = yield* transcribe(server)
      assert.strictEqual(yield* outcome(transcribe(server)), "VideoBusy")
      yield* asTimeGoesBy(workOnce(server, runner))
      const second = yield* transcribe(server)
      deepStrictEqual(second.videoId, first.videoId)
      yield* asTimeGoesBy(workOnce(server, runner))
      assert.lengthOf(videosOf(server.world), 1)
      yield* transcribe(server)
      yield* server.removal.removeVideo(Option.getOrThrow(first.videoId))
      deepStrictEqual(yield* server.world.files, [])
      assert.strictEqual(jobsOf(server.world).at(-1)?.state, "Cancelled")
    })
  )

  it.effect("belong to the video that the destination has", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server)
      const job = yield* transcribe(server, { destination: "videos/cat" })
      deepStrictEqual(job.videoId, Option.some(video.id))
      assert.lengthOf(videosOf(server.world), 1)
    })
  )

  it.effect("belong to the video with the external id, with any destination", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server, { externalId: "cat" })
      const known = yield* transcribe(server, { externalId: "cat" })
      deepStrictEqual(known.videoId, Option.some(video.id))
      const made = videoIn(server, yield* transcribe(server, { externalId: "dog", metadata: { owner: 7 } }))
      deepStrictEqual([made.externalId, made.metadata], [Option.some("dog"), { owner: 7 }] as never)
    })
  )

  it.effect("are requested by two calls with one external id at once: one video, one job", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      meanwhile.before("VideoStore.insert", transcribe(server, { externalId: "dog", destination: "videos/other" }))
      assert.strictEqual(yield* outcome(transcribe(server, { externalId: "dog" })), "VideoBusy")
      deepStrictEqual([videosOf(server.world).length, jobsOf(server.world).length], [1, 1])
    })
  )

  it.effect("are requested by several calls at once: one video, one job", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      meanwhile.before("VideoStore.insert", transcribe(server))
      assert.strictEqual(yield* outcome(transcribe(server)), "VideoBusy")
      assert.isTrue(meanwhile.hasHappened())
      deepStrictEqual([videosOf(server.world).length, jobsOf(server.world).length], [1, 1])
    })
  )
})

describe("a video that lies elsewhere", () => {
  it.effect("has nothing to transcode, edit, show or transcribe here", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { id, videoId } = yield* transcribe(server)
      const video = Option.getOrThrow(videoId)
      yield* server.admin.cancel(id)
      const refusal = yield* Effect.flip(server.transcoding.ensureRenditions(video))
      assert.deepInclude(refusal, { _tag: "VideoNotTranscodable", reason: "noFile" })
      assert.strictEqual(yield* outcome(server.storyboards.makeStoryboard(video)), "MissingInput")
      assert.strictEqual(yield* outcome(server.transcription.transcribeVideo({ video })), "MissingInput")
      const edit = server.editing.editVideo(video, [{ name: "cut", options: { start: 1 } }])
      assert.strictEqual(yield* outcome(edit), "VideoNotReady")
    })
  )

  it.effect.each<readonly [string, Partial<TranscribeVideo>, string]>([
    ["without a URL", { videoUrl: undefined }, "UnknownVideo"],
    ["by a folder that is too deep", { destination: `videos/${"x".repeat(800)}` }, "InvalidRequest"],
    ["by a title of two lines", { title: "a\nb" }, "InvalidRequest"],
    ["by a file", { videoUrl: "file:///etc/passwd" }, "InvalidRequest"]
  ])("is not created %s", ([, over, refusal]) =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      assert.strictEqual(yield* outcome(transcribe(server, over)), refusal)
      deepStrictEqual([videosOf(server.world), jobsOf(server.world)], [[], []] as never)
    })
  )
})

it.effect("captions by URL of a video without files are retried, and other jobs are not", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const video = yield* takeIn(server, { settings: { resolutions: [360] } })
    const { id } = yield* server.transcription.transcribeVideo({ ...elsewhere, destination: "videos/cat" })
    const all = yield* Context.get(server.world.ports, JobStore).ofVideo(video.id)
    for (const job of all) yield* server.admin.cancel(job.id)
    const lost = { ...videoOf(server.world, video), sourceKey: Option.none<FileKey>() }
    server.world.state.videos.set(video.id, lost)
    deepStrictEqual(yield* Effect.forEach(all, (job) => outcome(server.admin.retry(job.id))), [
      "VideoNotTranscodable",
      "ok"
    ])
    assert.strictEqual(jobOf(server.world, id).state, "Pending")
    server.world.state.videos.set(video.id, { ...lost, state: "ToEdit" })
    yield* server.admin.cancel(id)
    assert.strictEqual(yield* outcome(server.admin.retry(id)), "VideoNotTranscodable")
  })
)
