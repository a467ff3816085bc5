import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage, type RunnerJob, Storyboard, VideoStore } from "@runner-connector/core"
import { Effect, Option, Schema, Stream } from "effect"
import { aRunner, aWaitingJob, stored, tokenParts, withoutUploads } from "./arrange.ts"
import { assertDone, assertProblem, type Part, postForm, postJson } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import { media } from "./media.ts"
import type { WireCases } from "./WireServer.ts"
import { origin } from "./world.ts"

const Accepted = Schema.Struct({
  job: Schema.Struct({
    uuid: Schema.String,
    jobToken: Schema.String,
    payload: Schema.Record({ key: Schema.String, value: Schema.Unknown })
  })
})

/** A leased job of this type for a video of four seconds and 720 lines, with its decoded payload. */
const aHeldJob = (type: string, payload: unknown, fields: object = {}) =>
  Effect.gen(function* () {
    const waiting = yield* aWaitingJob()
    const videos = yield* VideoStore.VideoStore
    const video = yield* Effect.flatten(videos.find(waiting.videoId))
    const job = yield* stored(waiting.id)
    const own: Partial<RunnerJob.RunnerJob> = {
      type,
      payload,
      privatePayload: { ...(job.privatePayload as object), ...fields }
    }
    yield* videos.save({ ...video, source: { ...video.source, width: 1280, height: 720 }, state: "ToEdit" }, [
      { ...job, ...own }
    ])
    const { runnerToken } = yield* aRunner
    const answer = yield* postJson(`${waiting.path}/accept`, { runnerToken })
    assert.strictEqual(answer.status, 200, answer.text)
    const { job: accepted } = Schema.decodeUnknownSync(Accepted)(JSON.parse(answer.text))
    yield* keepSecret(accepted.jobToken)
    const tokens = { runnerToken, jobToken: accepted.jobToken }
    const files = `${waiting.path}/files/videos/${waiting.videoId}`
    return { ...waiting, tokens, files, payload: yield* withoutUploads(accepted.payload) }
  })

const success = (
  held: { readonly path: string; readonly tokens: Parameters<typeof tokenParts>[0] },
  parts: ReadonlyArray<Part>
) => postForm(`${held.path}/success`, [...tokenParts(held.tokens), ...parts])

const videoOf = (id: Parameters<VideoStore.VideoStore["Type"]["find"]>[0]) =>
  Effect.flatMap(VideoStore.VideoStore, (videos) => Effect.flatten(videos.find(id)))

const picture = JSON.stringify({
  format: { format_name: "image2" },
  streams: [{ codec_type: "video", codec_name: "mjpeg", width: 768, height: 108 }]
})

export const asideCases: WireCases = (it) => {
  it.effect("a storyboard: the payload names the tiles, and the result is one picture", () =>
    Effect.gen(function* () {
      const source = { duration: Option.some(4), hasVideo: true, width: 1280, height: 720 }
      const storyboard = Option.getOrThrow(Storyboard.storyboardFor(source))
      const held = yield* aHeldJob("generate-video-storyboard", storyboard)
      deepStrictEqual(held.payload, {
        input: { videoFileUrl: `${origin}${held.files}/max-quality` },
        output: {},
        sprites: { size: { width: 192, height: 108 }, count: { width: 4, height: 1 }, duration: 1 }
      })
      assertProblem(yield* success(held, []), 400)
      assertDone(yield* success(held, [["payload[storyboardFile]", picture, "a.jpg", "image/jpeg"]]))
      assert.isTrue(Option.isSome((yield* videoOf(held.videoId)).storyboard))
    })
  )

  it.effect("captions: the runner downloads the audio, and the result is a text with its language", () =>
    Effect.gen(function* () {
      const held = yield* aHeldJob("video-transcription", {}, { languages: null })
      deepStrictEqual(held.payload, { input: { videoFileUrl: `${origin}${held.files}/max-quality/audio` }, output: {} })
      const text: Part = ["payload[vttFile]", "WEBVTT\n\n00:00.000 --> 00:01.000\nMeow.\n", "a.vtt", "text/vtt"]
      assertProblem(yield* success(held, [text]), 400)
      assertDone(yield* success(held, [["payload[inputLanguage]", "pt-br"], text]))
      const { captions, language } = yield* videoOf(held.videoId)
      deepStrictEqual([captions.map((caption) => caption.language), language], [["pt-BR"], Option.some("pt-BR")])
    })
  )

  it.effect(
    "an edit: the payload names the tasks with both spellings of the margin, and their files can be downloaded",
    () =>
      Effect.gen(function* () {
        const storage = yield* FileStorage.FileStorage
        const file = FileKey.FileKey.make(`tasks/${crypto.randomUUID()}.PNG`)
        yield* storage.write(file, Stream.make(new TextEncoder().encode("a logo")))
        const watermark = { file, watermarkSizeRatio: 0.1, horizontalMarginRatio: 0.05, verticalMarginRatio: 0.02 }
        const tasks = [
          { name: "cut", options: { end: 4 } },
          { name: "add-watermark", options: watermark }
        ]
        const held = yield* aHeldJob(
          "video-studio-transcoding",
          { tasks },
          { separatedSound: false, previousState: "Published", expectedDuration: 4, keepsSource: true }
        )
        deepStrictEqual(held.payload, {
          input: { videoFileUrl: `${origin}${held.files}/max-quality`, separatedAudioFileUrl: [] },
          output: {},
          tasks: [
            tasks[0],
            {
              name: "add-watermark",
              options: {
                ...watermark,
                file: `${origin}${held.files}/studio/task-files/task-2.png`,
                horitonzalMarginRatio: 0.05
              }
            }
          ]
        })
        const taskFile = (name: string) => postJson(`${held.files}/studio/task-files/${name}`, held.tokens)
        assert.strictEqual((yield* taskFile("task-2.png")).text, "a logo")
        for (const name of ["task-1.png", "task-2.jpg", "..%2Ftask-2.png"]) assertProblem(yield* taskFile(name), 400)

        const result = media({ height: 720 })
        assertDone(yield* success(held, [["payload[videoFile]", result, "a.mp4", "video/mp4"]]))
        const video = yield* videoOf(held.videoId)
        deepStrictEqual([video.state, video.source.duration], ["ToTranscode", Option.some(4)])
      })
  )
}
