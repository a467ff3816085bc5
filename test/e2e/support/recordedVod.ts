import { openAsBlob, readFileSync } from "node:fs"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema } from "effect"
import { request, type Video } from "./Api.ts"
import { fixture } from "./clips.ts"
import { play } from "./playback.ts"
import { Bench, begin, type Connected, fetchAll, takeFirst } from "./recordedBench.ts"
import { videoResult } from "./recordedResults.ts"
import type { Part } from "./recordedRunners.ts"
import { expect, type HeldJob } from "./ScriptedRunner.ts"

const HLS = "vod-hls-transcoding"
const WEB = "vod-web-video-transcoding"

const Output = Schema.Struct({
  output: Schema.Struct({
    resolution: Schema.Int,
    fps: Schema.Int,
    separatedAudio: Schema.optionalWith(Schema.Boolean, { exact: true })
  })
})

/** The payload without upload URLs. */
export const askedBy = ({ payload }: HeldJob) => Schema.decodeUnknownSync(Output)(payload).output

const Merge = Schema.Struct({ input: Schema.Struct({ audioFileUrl: Schema.String, previewFileUrl: Schema.String }) })

const Edit = Schema.Struct({
  input: Schema.Struct({ separatedAudioFileUrl: Schema.Tuple() }),
  tasks: Schema.Array(
    Schema.Struct({ name: Schema.String, options: Schema.Record({ key: Schema.String, value: Schema.Unknown }) })
  )
})

/** Accepts the next job, asserts its type, does it, and submits the result. */
export const doNext = (one: Connected, type: string, result: ReadonlyArray<Part>) =>
  Effect.gen(function* () {
    const job = yield* takeFirst(one, type)
    const [source] = yield* begin(one, job)
    expect(yield* one.runner.succeed(job, result), 204)
    return { job, source }
  })

/** A video with its HLS rendition of 240 lines. */
export const aPublishedVideo = (one: Connected) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const { uuid } = yield* one.client.upload(media.clip)
    yield* doNext(one, HLS, media.hls)
    assertPublished(yield* one.client.video(uuid))
    return uuid
  })

const assertPublished = (video: Video): void =>
  assert.strictEqual(video.state.label, "Published", JSON.stringify(video, null, 1))

const assertPlays = (video: Video) =>
  Effect.gen(function* () {
    assertPublished(video)
    const played = yield* play(String(video.playlistUrl))
    const shown = played.map(({ height }) => height).filter((height) => height > 0)
    deepStrictEqual(shown, [240])
    for (const { decoded } of played) assert.approximately(decoded, 2, 0.2)
    return played
  })

/** A progressive file in addition to HLS. */
export const webVideo = (one: Connected) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const { uuid } = yield* one.client.upload(media.clip, "clip.mp4", { webVideos: "true" })
    const hls = yield* doNext(one, HLS, media.hls)
    const web = yield* doNext(one, WEB, videoResult(media.result))
    deepStrictEqual(askedBy(hls.job), { resolution: 240, fps: 25, separatedAudio: false })
    deepStrictEqual(askedBy(web.job), { resolution: 240, fps: 25 })
    assert.isTrue(web.source?.equals(readFileSync(media.clip)))
    const video = yield* one.client.settled(uuid)
    yield* assertPlays(video)
    const [file, ...others] = video.webVideos
    deepStrictEqual([file?.width, file?.height, others.length], [426, 240, 0])
    assert.isTrue((yield* request(String(file?.url))).bytes.equals(media.result))
  })

/** A separate audio rendition. */
export const splitAudio = (one: Connected) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const { uuid } = yield* one.client.upload(media.clip, "clip.mp4", { splitAudio: "true" })
    const jobs = [yield* takeFirst(one, HLS), yield* takeFirst(one, HLS)]
    const asked = jobs.map(askedBy)
    const both = [
      { resolution: 0, fps: 0, separatedAudio: true },
      { resolution: 240, fps: 25, separatedAudio: true }
    ]
    deepStrictEqual(
      asked.toSorted((a, b) => a.resolution - b.resolution),
      both
    )
    for (const job of jobs) {
      yield* begin(one, job)
      const result = askedBy(job).resolution === 0 ? media.hlsSound : media.hlsPicture
      expect(yield* one.runner.succeed(job, result), 204)
    }
    const video = yield* one.client.settled(uuid)
    const played = yield* assertPlays(video)
    deepStrictEqual(
      played.map(({ hasSound, height }) => [height, hasSound]),
      [
        [0, true],
        [240, false]
      ]
    )
    deepStrictEqual(video.files.map(({ resolution }) => resolution).toSorted(), [0, 240])
    const master = (yield* request(String(video.playlistUrl))).text
    assert.match(master, /#EXT-X-MEDIA:TYPE=AUDIO,/)
  })

/** Audio and a picture, which the runner downloads one after the other. */
export const audioMerge = (one: Connected) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const previewFile = yield* Effect.promise(() => openAsBlob(fixture("picture.jpg")))
    const { uuid } = yield* one.client.upload(media.sound, "sound.m4a", { previewFile })
    const job = yield* takeFirst(one, "vod-audio-merge-transcoding")
    const { input } = Schema.decodeUnknownSync(Merge)(job.payload)
    const [audio, picture] = yield* begin(one, job, [input.audioFileUrl, input.previewFileUrl])
    assert.isTrue(audio?.equals(readFileSync(media.sound)))
    assert.isTrue(picture?.equals(readFileSync(fixture("picture.jpg"))))
    expect(yield* one.runner.succeed(job, videoResult(media.merged)), 204)
    const sound = yield* doNext(one, HLS, media.hlsSound)
    assert.strictEqual(askedBy(sound.job).resolution, 0)
    const hls = yield* doNext(one, HLS, media.hlsPicture)
    assert.strictEqual(askedBy(hls.job).resolution, 240)
    assert.isTrue(hls.source?.equals(media.merged))
    // The larger renditions follow.
    yield* assertPlays(yield* one.client.video(uuid))
  })

const tasks = [
  { name: "cut", options: { start: 0, end: 1 } },
  { name: "add-intro", options: {} },
  { name: "add-watermark", options: {} }
]

/** One second of the video after an intro, with a watermark. */
export const anEdit = (one: Connected, uuid: string) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const body = new FormData()
    body.set("tasks", JSON.stringify(tasks))
    body.set("task-2", yield* Effect.promise(() => openAsBlob(media.intro)), "intro.mp4")
    body.set("task-3", yield* Effect.promise(() => openAsBlob(fixture("picture.png"))), "watermark.png")
    const answer = yield* one.client.send(`/videos/${uuid}/edit`, { method: "POST", body })
    assert.strictEqual(answer.status, 200, answer.text)
    const job = yield* takeFirst(one, "video-studio-transcoding")
    const payload = Schema.decodeUnknownSync(Edit)(job.payload)
    deepStrictEqual(
      payload.tasks.map(({ name }) => name),
      ["cut", "add-intro", "add-watermark"]
    )
    // The older runner reads the first spelling, the newer one the second.
    assert.deepInclude(payload.tasks[2]?.options, { horitonzalMarginRatio: 0.05, horizontalMarginRatio: 0.05 })
    yield* begin(one, job)
    const files = yield* fetchAll(
      one,
      job,
      payload.tasks.flatMap(({ options: { file } }) => (typeof file === "string" ? [file] : []))
    )
    const given = [readFileSync(media.intro), readFileSync(fixture("picture.png"))]
    assert.isTrue(Buffer.concat(files).equals(Buffer.concat(given)))
    return job
  })

/** The result of an edit becomes the video's source, and its rendition is recreated. */
export const studio = (one: Connected) =>
  Effect.gen(function* () {
    const { media } = yield* Bench
    const uuid = yield* aPublishedVideo(one)
    const job = yield* anEdit(one, uuid)
    assert.strictEqual((yield* one.client.video(uuid)).state.label, "To edit")
    expect(yield* one.runner.succeed(job, videoResult(media.result, "output-edition")), 204)
    const { source } = yield* doNext(one, HLS, media.hls)
    assert.isTrue(source?.equals(media.result))
    yield* assertPlays(yield* one.client.settled(uuid))
  })
