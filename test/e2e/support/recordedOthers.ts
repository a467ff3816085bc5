import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema } from "effect"
import { request } from "./Api.ts"
import { Bench, begin, type Connected, offered, takeFirst } from "./recordedBench.ts"
import { broughtFile, storyboardResult } from "./recordedResults.ts"
import { anEdit, aPublishedVideo } from "./recordedVod.ts"
import { expect } from "./ScriptedRunner.ts"

const WEB = "vod-web-video-transcoding"
const STORYBOARD = "generate-video-storyboard"
/** The requested job types of the recorded runner. */
const narrow = [WEB, STORYBOARD]

/** A storyboard: one image of thumbnails for seek previews. */
export const storyboard = (one: Connected) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const { uuid } = yield* one.client.upload(media.longer)
    deepStrictEqual(yield* offered(one), ["vod-hls-transcoding", STORYBOARD])
    deepStrictEqual(yield* offered(one, narrow), [STORYBOARD])
    const job = yield* takeFirst(one, STORYBOARD, narrow)
    const sprites = { size: { width: 192, height: 108 }, count: { width: 4, height: 1 }, duration: 1 }
    deepStrictEqual(job.payload.sprites, sprites)
    yield* begin(one, job)
    expect(yield* one.runner.succeed(job, storyboardResult(media.storyboard)), 204)
    const video = yield* one.client.video(uuid)
    assert.isTrue((yield* request(String(video.storyboard?.url))).bytes.equals(media.storyboard))
    assert.include((yield* request(String(video.storyboard?.trackUrl))).text, "#xywh=576,0,192,108")
  })

const Target = Schema.Struct({
  output: Schema.Struct({
    videoFileCustomUpload: Schema.Struct({ url: Schema.String, method: Schema.Literal("PUT") })
  })
})

/** The file is uploaded to its own URL, and the result follows without it. */
export const customUpload = (one: Connected) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const { runner } = one
    const { uuid } = yield* one.client.upload(media.clip, "clip.mp4", { webVideos: "true" })
    const failed = yield* takeFirst(one, WEB, narrow)
    const { url } = Schema.decodeUnknownSync(Target)(failed.payload).output.videoFileCustomUpload
    yield* begin(one, failed)
    const refused = expect(yield* runner.bring(`${url}x`, broughtFile(media.result)), 404)
    const said = JSON.parse(refused).error
    assert.isAbove(said.length, 0)
    const message = `Expected status 204, got 404. \nThe server responded: "${said}".\nYou may take a closer look at the logs.`
    expect(yield* runner.fail(failed, message), 204)

    const job = yield* takeFirst(one, WEB, narrow)
    const { output } = Schema.decodeUnknownSync(Target)(job.payload)
    expect(yield* runner.bring(url, broughtFile(media.result)), 404)
    yield* begin(one, job)
    expect(yield* runner.bring(output.videoFileCustomUpload.url, broughtFile(media.result)), 204)
    expect(yield* runner.succeed(job, []), 204)
    const video = yield* one.client.video(uuid)
    assert.isTrue((yield* request(String(video.webVideos[0]?.url))).bytes.equals(media.result))
    const done = video.jobs.find(({ type }) => type === WEB)
    assert.deepInclude(done, { failures: 1, state: { id: 3, label: "Completed" } })
    assert.strictEqual(done?.attempts[0]?.message, message)
  })

const NO_PROGRAM =
  "Command failed with ENOENT: whisper-ctranslate2 cache/transcoding/d73ea053 --model small --word_timestamps True --vad_filter true\nspawn whisper-ctranslate2 ENOENT"

/** A runner without its transcription program reports errors repeatedly, with or without a message. */
export const transcriptionFails = (one: Connected) =>
  Effect.gen(function* () {
    const uuid = yield* aPublishedVideo(one)
    const asked = yield* one.client.send(`/videos/${uuid}/transcript`, { method: "POST" })
    assert.strictEqual(asked.status, 200, asked.text)
    const messages = [NO_PROGRAM, "", "x".repeat(20_000), NO_PROGRAM, NO_PROGRAM]
    for (const message of messages) {
      const job = yield* takeFirst(one, "video-transcription")
      yield* begin(one, job)
      expect(yield* one.runner.fail(job, message), 204)
    }
    const { jobs, state } = yield* one.client.video(uuid)
    assert.strictEqual(state.label, "Published")
    const job = jobs.find(({ type }) => type === "video-transcription")
    assert.deepInclude(job, { failures: 5, state: { id: 4, label: "Errored" } })
    deepStrictEqual(
      job?.attempts.map(({ message }) => message?.length),
      [NO_PROGRAM.length, 0, 5000, NO_PROGRAM.length, NO_PROGRAM.length]
    )
  })

const NO_FILTER =
  "ffmpeg exited with code 1: Error reinitializing filters!\nFailed to inject frame into filter network: Invalid argument\nError while processing the decoded data for stream #0:1\nConversion failed!\n"

/** An edit that finally fails leaves the video unchanged. */
export const studioFails = (one: Connected) =>
  Effect.gen(function* () {
    const uuid = yield* aPublishedVideo(one)
    const before = yield* one.client.video(uuid)
    const job = yield* anEdit(one, uuid)
    expect(yield* one.runner.fail(job, NO_FILTER), 204)
    const tried = yield* one.client.video(uuid)
    assert.deepInclude(tried.jobs.at(-1), { failures: 1, state: { id: 1, label: "Pending" } })
    for (const _ of [2, 3, 4, 5]) expect(yield* one.runner.fail(yield* takeFirst(one, job.type), NO_FILTER), 204)
    const { files, jobs, playlistUrl, state } = yield* one.client.video(uuid)
    const seen = { files: before.files, playlistUrl: before.playlistUrl, state: before.state }
    deepStrictEqual({ files, playlistUrl, state }, seen)
    assert.deepInclude(jobs.at(-1), { type: job.type, failures: 5, state: { id: 4, label: "Errored" } })
    assert.include(String(jobs.at(-1)?.error), "Error reinitializing filters!")
  })
