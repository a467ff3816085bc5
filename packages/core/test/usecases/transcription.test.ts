import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aVideoId } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { Language } from "../../src/domain/captions/Languages.ts"
import { VideoTranscription } from "../../src/jobs/VideoTranscription.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscribeVideo } from "../../src/usecases/video/Transcription.ts"
import {
  acceptNext,
  aHeldJob,
  jobOf,
  jobsOf,
  readText,
  register,
  succeed,
  takeIn,
  videoOf
} from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process, type ProcessOptions } from "../support/Process.ts"
import { captions } from "../support/results.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const english = Language.make("en")

/** A video with one rendition, a runner, and the hooks of captions. */
const aVideo = (options: ProcessOptions = {}) =>
  Effect.gen(function* () {
    const said: Array<string> = []
    const hooks: ProcessOptions["hooks"] = {
      transcriptionEnded: (_, { label }) => Effect.sync(() => void said.push(label)),
      transcriptionFailed: (_, message) => Effect.sync(() => void said.push(message))
    }
    const server = yield* aProcess({ ...options, hooks })
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360], maxFailures: 1 } })
    yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
    return { server, runner, video, said }
  })

const presented = (server: Process) => {
  const job = jobsOf(server.world).find(({ type }) => type === VideoTranscription.name)
  if (job === undefined) throw new Error("Nothing is transcribed")
  const { payload, privatePayload } = job as unknown as { payload: { videoUrl?: string }; privatePayload: never }
  const url = () => "https://media.example/sound"
  const urls = { maxQuality: url, maxQualityAudio: url, thumbnail: url, taskFile: url }
  return VideoTranscription.present(job, { payload, privatePayload }, urls)
}

describe("captions", () => {
  it.effect("are added, players find them, and the video has their language", () =>
    Effect.gen(function* () {
      const { runner, said, server, video } = yield* aVideo()
      const { world } = server
      const { awaited, priority } = yield* server.transcription.transcribeVideo({ video: video.id })
      deepStrictEqual([awaited, priority], [false, 200])
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner), captions(world, { language: "EN-us" })))

      const after = videoOf(world, video)
      deepStrictEqual(after.language, Option.some("en-US"))
      const [caption] = after.captions
      assert.isDefined(caption)
      deepStrictEqual([caption.label, caption.automatic], ["American English", true])
      assert.include(yield* readText(world, caption.key), "Meow.")
      assert.include(yield* readText(world, caption.playlistKey), "#EXTINF:60.000,")
      const master = yield* readText(world, Option.getOrThrow(after.playlistKey))
      assert.match(master, /TYPE=SUBTITLES,.*NAME="American English",.*LANGUAGE="en-US"/)
      deepStrictEqual(said, ["American English"])
      yield* goOn(server, runner)
    })
  )

  it.effect("are found by the folder of the video as well, and replace earlier captions in the language", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo()
      for (const asked of [{ video: video.id }, { destination: "videos/cat" }]) {
        yield* server.transcription.transcribeVideo(asked)
        yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      }
      assert.lengthOf(videoOf(server.world, video).captions, 1)
      yield* goOn(server, runner)
    })
  )

  it.effect("that come before the first rendition are in the first playlist", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held: rendition, runner, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      yield* server.transcription.transcribeVideo({ video: video.id })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      assert.lengthOf(videoOf(server.world, video).captions, 1)
      deepStrictEqual(videoOf(server.world, video).playlistKey, Option.none())
      yield* asTimeGoesBy(succeed(server, rendition))
      yield* goOn(server, runner)
    })
  )

  it.effect("never take the place of those that a person has written", () =>
    Effect.gen(function* () {
      const { runner, said, server, video } = yield* aVideo()
      const { world } = server
      yield* server.transcription.transcribeVideo({ video: video.id })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const automatic = videoOf(world, video)
      const written = automatic.captions.map((caption) => ({ ...caption, automatic: false }))
      world.state.videos.set(video.id, { ...automatic, captions: written })
      yield* server.transcription.transcribeVideo({ video: video.id })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      deepStrictEqual(videoOf(world, video).captions, written)
      deepStrictEqual(said.slice(1), ["A person has written captions in this language"])
      yield* goOn(server, runner)
    })
  )

  it.effect.each([
    ["that are none", {}, { text: "1\n00:00 --> 00:01\nMeow." }, /does not begin with WEBVTT/],
    ["in no language", {}, { language: "meow meow" }, /"meow meow" is not a language code/],
    [
      "in a language that is not offered",
      { languages: Option.some([english]) },
      { language: "fr" },
      /fr is not offered/
    ]
  ] as const)("%s are refused, and the application hears why", ([, settings, over, message]) =>
    Effect.gen(function* () {
      const { runner, said, server, video } = yield* aVideo({ settings })
      const { id } = yield* server.transcription.transcribeVideo({ video: video.id })
      const held = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, held, captions(server.world, over)))
      assert.strictEqual(jobOf(server.world, id).state, "Errored")
      assert.lengthOf(said, 1)
      assert.match(said[0] ?? "", message)
      deepStrictEqual(videoOf(server.world, video).captions, [])
      yield* goOn(server, runner)
    })
  )

  it.effect("that nobody wants any more are cancelled, and the application hears it", () =>
    Effect.gen(function* () {
      const { said, server, video } = yield* aVideo()
      const { id } = yield* server.transcription.transcribeVideo({ video: video.id })
      yield* server.admin.cancel(id)
      deepStrictEqual(said, ["It was cancelled"])
      yield* assertConsistent(server.world)
    })
  )

  it.effect("are made of what the caller names, if it names something", () =>
    Effect.gen(function* () {
      const { server, video } = yield* aVideo()
      const videoUrl = "https://elsewhere.example/cat.mp4"
      yield* server.transcription.transcribeVideo({ video: video.id, videoUrl })
      deepStrictEqual(presented(server), { input: { videoFileUrl: videoUrl }, output: {} })
    })
  )
})

it.effect("calls that make no sense are refused", () =>
  Effect.gen(function* () {
    const { server, video } = yield* aVideo()
    const ask = (asked: unknown) => outcome(server.transcription.transcribeVideo(asked as TranscribeVideo))
    for (const videoUrl of [
      "cat.mp4",
      "file:///etc/passwd",
      "https://me:secret@elsewhere.example/",
      `https://${"x".repeat(2000)}`
    ])
      assert.strictEqual(yield* ask({ video: video.id, videoUrl }), "InvalidRequest")
    for (const asked of [{}, { video: "1" }, { destination: "../cat" }])
      assert.strictEqual(yield* ask(asked), "InvalidRequest")
    const both = { video: video.id, destination: "videos/cat" } as unknown as TranscribeVideo
    const refusal = yield* Effect.flip(server.transcription.transcribeVideo(both))
    assert.strictEqual(refusal.message, "Give either video or destination")
    assert.strictEqual(yield* ask({ video: aVideoId() }), "UnknownVideo")
    assert.strictEqual(yield* ask({ destination: "videos/dog" }), "UnknownVideo")
    assert.strictEqual(yield* ask({ video: video.id }), "ok")
    assert.strictEqual(yield* ask({ video: video.id }), "VideoBusy")
  })
)

it.effect("a video without sound has nothing to transcribe, unless the caller names something", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const video = yield* takeIn(server, { source: Media.aVideo({ hasAudio: false }) })
    const ask = (videoUrl?: string) => outcome(server.transcription.transcribeVideo({ video: video.id, videoUrl }))
    assert.strictEqual(yield* ask(), "UnusableMedia")
    assert.strictEqual(yield* ask("https://elsewhere.example/cat.mp4"), "ok")
  })
)
