import { assert, describe, it } from "@effect/vitest"
import {
  Editing,
  FileKey,
  JobAdmin,
  Lives,
  type RunnerJob,
  Storyboards,
  Transcoding,
  Transcription,
  VideoStore
} from "@runner-connector/core"
import { anAudioFile, aPicture, aVideo, NoJob, TestFiles, Testing } from "@runner-connector/core/testing"
import { Clock, Effect, Option } from "effect"

const request = { path: "uploads/cat.mov", destination: "videos/cat", settings: { resolutions: [360] as const } }

/** A video with one rendition to make. */
const aTranscoding = (plan: Transcoding.TranscodeVideo["plan"] = {}) =>
  Effect.gen(function* () {
    const { put } = yield* TestFiles
    yield* put("uploads/cat.mov", aVideo())
    return yield* (yield* Transcoding.Transcoding).transcodeVideo({ ...request, plan })
  })

const states = Effect.gen(function* () {
  const { data } = yield* (yield* JobAdmin.JobAdmin).list({ start: 0, count: 100 })
  return data.map(({ state, type }) => `${type} ${state}`)
})

const jobOf = ({ id }: RunnerJob.RunnerJob) =>
  Effect.flatMap(JobAdmin.JobAdmin, ({ list }) =>
    Effect.map(list({ start: 0, count: 100 }), ({ data }) => data.find((job) => job.id === id))
  )

/** Runs jobs until none is left. */
const workOn = Effect.gen(function* () {
  const runner = yield* Testing.runner()
  while ((yield* runner.available()).length > 0) {
    yield* runner.take()
    yield* runner.succeed()
  }
})

const inMemory = Effect.provide(Testing.layerConnector())

describe("a test runner", () => {
  it.effect("makes acceptable results of every type of job", () =>
    Effect.gen(function* () {
      const { put } = yield* TestFiles
      const video = yield* aTranscoding({ webVideos: true, splitAudio: true, storyboard: true })
      yield* put("uploads/song.m4a", anAudioFile({ seconds: 30 }))
      yield* put("uploads/cover.jpg", aPicture())
      const song = { path: "uploads/song.m4a", picture: "uploads/cover.jpg", destination: "videos/song" }
      yield* (yield* Transcoding.Transcoding).transcodeVideo({ ...song, settings: { resolutions: [360] } })
      yield* (yield* Transcription.Transcription).transcribeVideo({ video: video.id })
      yield* workOn
      const cut = { name: "cut", options: { start: 5, end: 25 } } as const
      yield* (yield* Editing.Editing).editVideo(video.id, [cut])
      yield* (yield* Storyboards.Storyboards).makeStoryboard(video.id).pipe(Effect.ignore)
      yield* workOn
      const all = yield* states
      assert.deepStrictEqual([...new Set(all.map((one) => one.split(" ")[0]))].sort(), [
        "generate-video-storyboard",
        "video-studio-transcoding",
        "video-transcription",
        "vod-audio-merge-transcoding",
        "vod-hls-transcoding",
        "vod-web-video-transcoding"
      ])
      assert.deepStrictEqual(
        all.filter((one) => !one.endsWith("Completed")),
        []
      )
    }).pipe(inMemory)
  )

  it.effect("keeps its job by heartbeats, and loses it in silence", () =>
    Effect.gen(function* () {
      yield* aTranscoding()
      const runner = yield* Testing.runner()
      const job = yield* runner.take()
      yield* Testing.advance("1 hour")
      assert.strictEqual((yield* jobOf(job))?.state, "Processing")
      yield* runner.goSilent()
      yield* Testing.advance("1 minute")
      assert.strictEqual((yield* jobOf(job))?.state, "Processing")
      yield* Testing.advance("2 minutes")
      assert.strictEqual((yield* jobOf(job))?.state, "Pending")
      const late = yield* Effect.flip(runner.succeed())
      assert.deepStrictEqual([late._tag, late.call, late.code], ["RunnerRefused", "success", "UnknownJob"])
      assert.strictEqual((yield* runner.take()).id, job.id)
    }).pipe(inMemory)
  )

  it.effect("fails the attempt by a result that is not as requested", () =>
    Effect.gen(function* () {
      yield* aTranscoding()
      const runner = yield* Testing.runner()
      const job = yield* runner.take()
      yield* runner.succeed({ videoFile: aVideo({ width: 640, height: 360, seconds: 3 }) })
      const after = yield* jobOf(job)
      assert.deepStrictEqual([after?.state, after?.failures], ["Pending", 1])
      assert.include(JSON.stringify(after?.attempts), "lasts 3 s")
    }).pipe(inMemory)
  )

  it.effect("reports progress, gives jobs back and names missing fields", () =>
    Effect.gen(function* () {
      yield* aTranscoding()
      const [one, two] = [yield* Testing.runner(), yield* Testing.runner({ name: "gpu" })]
      const job = yield* one.take({ type: "vod-hls-transcoding" })
      yield* one.update({ progress: 40 })
      assert.deepStrictEqual((yield* jobOf(job))?.progress, Option.some(40))
      const nothing = yield* Effect.flip(two.take())
      assert.instanceOf(nothing, NoJob)
      assert.strictEqual(nothing.message, "There is no job for gpu. Jobs: vod-hls-transcoding Processing")
      yield* one.abort()
      assert.deepStrictEqual([(yield* jobOf(job))?.state, (yield* jobOf(job))?.failures], ["Pending", 0])
      assert.strictEqual((yield* Effect.flip(two.take({ where: () => false })))._tag, "NoJob")
      assert.match(String(yield* Effect.exit(one.update())), /Call take\(\) first/)
    }).pipe(inMemory)
  )

  it.effect("plays a live", () =>
    Effect.gen(function* () {
      const lives = yield* Lives.Lives
      const source = { width: 1280, height: 720, fps: 30, hasVideo: true, hasAudio: true }
      const video = yield* lives.startLive({ rtmpUrl: "rtmp://media.example/live/x", destination: "lives/cat", source })
      const runner = yield* Testing.runner()
      yield* runner.take({ type: "live-rtmp-hls-transcoding" })
      yield* runner.succeed()
      const found = yield* (yield* VideoStore.VideoStore).find(video.id)
      assert.strictEqual(Option.getOrThrow(found).state, "LiveEnded")
    }).pipe(inMemory)
  )
})

describe("the test connector", () => {
  const tokensAndIds = Effect.gen(function* () {
    const video = yield* aTranscoding()
    const job = yield* (yield* Testing.runner()).take()
    return [video.id, job.id, job.attemptId, yield* (yield* TestFiles).list()]
  })

  it.effect("has the same ids in each run, and a state of its own", () =>
    Effect.gen(function* () {
      const first = yield* inMemory(tokensAndIds)
      assert.deepStrictEqual(yield* inMemory(tokensAndIds), first)
    })
  )

  it.effect("moves the time by exactly the requested duration", () =>
    Effect.gen(function* () {
      const before = yield* Clock.currentTimeMillis
      yield* Testing.advance("25 minutes")
      assert.strictEqual((yield* Clock.currentTimeMillis) - before, 25 * 60_000)
    }).pipe(inMemory)
  )

  it.effect("calls a hook again after its pause", () => {
    const calls: Array<string> = []
    const videoPlayable = () =>
      Effect.suspend(() => {
        calls.push("called")
        return calls.length === 1 ? Effect.die("the mail server is away") : Effect.void
      })
    return Effect.gen(function* () {
      yield* aTranscoding()
      yield* workOn
      assert.lengthOf(calls, 1)
      yield* Testing.advance("10 minutes")
      assert.lengthOf(calls, 2)
    }).pipe(Effect.provide(Testing.layerConnector({ hooks: { videoPlayable } })))
  })

  it.effect("stores files by key", () =>
    Effect.gen(function* () {
      const files = yield* TestFiles
      yield* files.put("notes/a.txt", "first")
      yield* files.put("notes/b.txt", new Uint8Array([0x62]))
      assert.deepStrictEqual(yield* files.list("notes/"), ["notes/a.txt", "notes/b.txt"])
      assert.strictEqual(yield* files.readText("notes/a.txt"), "first")
      assert.deepStrictEqual(yield* files.read("notes/b.txt"), new Uint8Array([0x62]))
      assert.isFalse(yield* files.exists("notes/c.txt"))
      const missing = yield* Effect.flip(files.read("notes/c.txt"))
      assert.deepStrictEqual([missing._tag, missing.key], ["FileNotFound", FileKey.FileKey.make("notes/c.txt")])
    }).pipe(inMemory)
  )
})
