import { Effect } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { Storyboard } from "../../src/domain/storyboard/Storyboard.ts"
import type { UploadedFile } from "../../src/jobs/UploadedFile.ts"
import { aResultFor, media, type Result, upload } from "./media.ts"
import type { World } from "./World.ts"

/** A picture as the twin of the probe reads it. */
export const picture = (width: number, height: number, codec = "mjpeg"): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({
      format: { format_name: "image2" },
      streams: [{ codec_type: "video", codec_name: codec, width, height }]
    })
  )

/** What a runner hands in, whatever it is made of, and how often it was let go. */
export const resultOf = <Payload extends Record<string, unknown>>(world: World, payload: Payload): Result<Payload> => {
  let count = 0
  const files = Object.values(payload).filter((value): value is UploadedFile => typeof value === "object")
  return {
    payload,
    released: () => count,
    release: Effect.sync(() => {
      count += 1
      for (const { path } of files) world.disk.delete(path)
    })
  }
}

export const aStoryboard = (world: World, bytes: Uint8Array) =>
  resultOf(world, { storyboardFile: upload(world, "storyboard.jpg", bytes) })

/** Captions of one cue, in English unless said otherwise. */
export const captions = (world: World, over: { readonly language?: string; readonly text?: string } = {}) => {
  const text = over.text ?? "WEBVTT\n\n00:01.000 --> 00:02.500\nMeow.\n"
  return resultOf(world, {
    inputLanguage: over.language ?? "en",
    vttFile: upload(world, "cat.vtt", new TextEncoder().encode(text))
  })
}

export const anEdit = (world: World, bytes: Uint8Array) =>
  resultOf(world, { videoFile: upload(world, "cat.mp4", bytes) })

/** A good result of whatever the job asks for. */
export const resultFor = (world: World, job: RunnerJob): Result<object> => {
  const { payload, privatePayload, type } = job
  switch (type) {
    case "generate-video-storyboard": {
      const { grid, sprite } = payload as Storyboard
      return aStoryboard(world, picture(grid.width * sprite.width, grid.height * sprite.height))
    }
    case "video-transcription":
      return captions(world)
    case "video-studio-transcoding":
      return anEdit(world, media({ duration: (privatePayload as { expectedDuration: number }).expectedDuration }))
    case "live-rtmp-hls-transcoding":
      return resultOf(world, {})
    default:
      return aResultFor(world, job)
  }
}

/** A result that is not what the job asks for; of a live there is none. */
export const badResultFor = (world: World, job: RunnerJob): Result<object> => {
  const bytes = media({ duration: 1 })
  switch (job.type) {
    case "generate-video-storyboard":
      return aStoryboard(world, picture(1, 1))
    case "video-transcription":
      return captions(world, { text: "no captions" })
    case "video-studio-transcoding":
      return anEdit(world, bytes)
    case "live-rtmp-hls-transcoding":
      return resultOf(world, {})
    default:
      return aResultFor(world, job, { media: bytes })
  }
}
