import { Effect, Option } from "effect"
import type { VideoId } from "../../src/domain/Ids.ts"
import type { RunnerJob } from "../../src/domain/RunnerJob.ts"
import type { Storyboard } from "../../src/domain/Storyboard.ts"
import type { UploadedFile } from "../../src/jobs/UploadedFile.ts"
import { aResult, media, type Result, upload } from "./media.ts"
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

/** A rendition as long as the video is by now. */
const rendition = (world: World, resolution: number, id: VideoId | undefined): Result => {
  const duration = Option.getOrElse(
    Option.flatMapNullable(Option.fromNullable(id), (known) => world.state.videos.get(known)).pipe(
      Option.flatMap(({ source }) => source.duration)
    ),
    () => 60
  )
  const size = { height: resolution, width: Math.round((resolution * 16) / 9) }
  return aResult(world, resolution, { media: media({ ...size, duration, hasVideo: resolution > 0 }) })
}

/** A good result of whatever the job asks for. */
export const resultFor = (world: World, { payload, privatePayload, type, videoId }: RunnerJob): Result<object> => {
  switch (type) {
    case "generate-video-storyboard": {
      const { grid, sprite } = payload as Storyboard
      return aStoryboard(world, picture(grid.width * sprite.width, grid.height * sprite.height))
    }
    case "video-transcription":
      return captions(world)
    case "video-studio-transcoding":
      return anEdit(world, media({ duration: (privatePayload as { expectedDuration: number }).expectedDuration }))
    default:
      return rendition(
        world,
        (payload as { output: { resolution: number } }).output.resolution,
        Option.getOrUndefined(videoId)
      )
  }
}
