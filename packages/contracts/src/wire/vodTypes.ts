import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, type RunnerJob, VideoStore } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { aHeldJob, aRunner, aWaitingJob, stateOf, stored, tokenParts, withoutUploads } from "./arrange.ts"
import { assertDone, assertProblem, documentOf, type Part, postForm, postJson } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import { media } from "./media.ts"
import type { WireCases } from "./WireServer.ts"
import { origin } from "./world.ts"

type Given = Partial<RunnerJob.RunnerJob>

const web: Given = { type: "vod-web-video-transcoding", payload: { output: { resolution: 240, fps: 25 } } }
const merge: Given = { type: "vod-audio-merge-transcoding", payload: { output: { resolution: 480, fps: 25 } } }
const split: Given = { payload: { output: { resolution: 0, fps: 0, separatedAudio: true } } }
const joined: Given = { ...web, privatePayload: { separatedSound: true } }

const Job = Schema.Struct({
  jobToken: Schema.String,
  payload: Schema.Record({ key: Schema.String, value: Schema.Unknown })
})

/** The input part of the payload, without the base URL that all files of the video share. */
const inputOf = (given: Given) =>
  Effect.gen(function* () {
    const { runnerToken } = yield* aRunner
    const { id, path, videoId } = yield* aWaitingJob(given)
    const answer = yield* postJson(`${path}/accept`, { runnerToken })
    const job = Schema.decodeUnknownSync(Job)(documentOf(answer, Schema.Struct({ job: Schema.Unknown })).job)
    yield* keepSecret(job.jobToken)
    const { input, output } = yield* withoutUploads(job.payload)
    deepStrictEqual(output, (given.payload as { readonly output: unknown }).output)
    const files = `${origin}/api/v1/runners/jobs/${id}/files/videos/${videoId}`
    return JSON.parse(JSON.stringify(input).replaceAll(files, ""))
  })

const videoFile = (height: number): Part => ["payload[videoFile]", media({ height }), "a.mp4", "video/mp4"]

/** The stored media file of a submitted result. */
const transcode = (given: Given, height: number) =>
  Effect.gen(function* () {
    const { id, path, tokens, videoId } = yield* aHeldJob(given)
    assertDone(yield* postForm(`${path}/success`, [...tokenParts(tokens), videoFile(height)]))
    const job = yield* stored(id)
    const video = yield* Effect.flatten(Effect.flatMap(VideoStore.VideoStore, (videos) => videos.find(videoId)))
    return { job, video }
  })

/** Contract specific to each job type that produces video files. */
export const vodTypeCases: WireCases = (it) => {
  it.effect("sends the input URLs as PeerTube does", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* inputOf(web), { videoFileUrl: "/max-quality", separatedAudioFileUrl: [] })
      deepStrictEqual(yield* inputOf(split), { videoFileUrl: "/max-quality/audio", separatedAudioFileUrl: [] })
      deepStrictEqual(yield* inputOf(joined), {
        videoFileUrl: "/max-quality",
        separatedAudioFileUrl: ["/max-quality/audio"]
      })
      deepStrictEqual(yield* inputOf(merge), {
        audioFileUrl: "/max-quality/audio",
        previewFileUrl: "/thumbnails/max-quality"
      })
    })
  )

  it.effect("accepts a progressive file without a playlist", () =>
    Effect.gen(function* () {
      const { job, video } = yield* transcode(web, 240)
      assert.strictEqual(job.state, "Completed")
      deepStrictEqual(
        video.webVideos.map(({ key }) => key),
        [FileKey.inFolder(video.destination, `${Option.getOrThrow(job.attemptId)}-240.mp4`)]
      )
      deepStrictEqual(video.files, [])
    })
  )

  it.effect("accepts a merge of any size and makes it the media of the video", () =>
    Effect.gen(function* () {
      const { job, video } = yield* transcode(merge, 100)
      assert.strictEqual(job.state, "Completed")
      deepStrictEqual([video.source.height, video.sourceKey], [100, Option.none()])
    })
  )

  it.effect("rejects a progressive result without its file", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob(web)
      assertProblem(yield* postForm(`${path}/success`, tokenParts(tokens)), 400)
      assert.strictEqual(yield* stateOf(id), "Processing")
    })
  )
}
