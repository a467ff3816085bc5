import { Effect, Option, Record } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import type { UploadedFile } from "../../src/jobs/UploadedFile.ts"
import * as Media from "../../src/testing/media.ts"
import { aCaptionsFile, aFile, resultFor as goodResultFor, type TestFile } from "../../src/testing/results.ts"
import { uploaded } from "../../src/testing/uploaded.ts"
import type { World } from "./World.ts"

let uploads = 0

/** A completely received file on the local disk. */
export const upload = (world: World, name: string, bytes: Uint8Array): UploadedFile => {
  uploads += 1
  return uploaded(world.disk, `${world.uploads}/${uploads}-${name}`, aFile(bytes, name))
}

/** The result of a runner, and how often it was released. */
export interface Result<Payload = { readonly videoFile: UploadedFile; readonly resolutionPlaylistFile: UploadedFile }> {
  readonly payload: Payload
  readonly release: Effect.Effect<void>
  readonly released: () => number
}

const resultOf = <Payload extends Record<string, unknown>>(world: World, payload: Payload): Result<Payload> => {
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

/** The given fields replace those of a good result. */
interface Changes {
  readonly media?: Uint8Array
  readonly playlist?: string
}

/** A good result for a rendition of 16:9 of this resolution, with these changes. */
export const aResult = (world: World, resolution: number, over: Changes = {}): Result => {
  const name = Media.mediaName(resolution)
  const good =
    resolution === 0
      ? Media.anAudioFile()
      : Media.aVideo({ height: resolution, width: Math.round((resolution * 16) / 9) })
  return resultOf(world, {
    videoFile: upload(world, name, over.media ?? good),
    resolutionPlaylistFile: upload(
      world,
      `${resolution}.m3u8`,
      new TextEncoder().encode(over.playlist ?? Media.aPlaylist(name))
    )
  })
}

export const aStoryboard = (world: World, bytes: Uint8Array) =>
  resultOf(world, { storyboardFile: upload(world, "storyboard.jpg", bytes) })

/** Captions of one cue, in English by default. */
export const captions = (world: World, over: { readonly language?: string; readonly text?: string } = {}) =>
  resultOf(world, {
    inputLanguage: over.language ?? "en",
    vttFile: upload(world, "cat.vtt", aCaptionsFile(over.text).bytes)
  })

export const anEdit = (world: World, bytes: Uint8Array) =>
  resultOf(world, { videoFile: upload(world, "cat.mp4", bytes) })

type Job = Pick<RunnerJob, "type" | "payload" | "privatePayload" | "videoId"> & Partial<Pick<RunnerJob, "chunk">>

/** A good result of the job. These fields replace its own. */
export const resultFor = (
  world: World,
  job: Job,
  over: Readonly<Record<string, string | TestFile>> = {}
): Result<object> => {
  const video = Option.flatMapNullable(job.videoId, (id) => world.state.videos.get(id))
  const fields = { ...goodResultFor(job, video), ...over }
  return resultOf(
    world,
    Record.map(fields, (field) => (typeof field === "string" ? field : upload(world, field.filename, field.bytes)))
  )
}

/** A good result of a rendition job with another media file. */
export const resultWith = (world: World, job: Job, media: Uint8Array): Result<object> =>
  resultFor(world, job, { videoFile: aFile(media, Media.mediaName(0)) })

/** A result that is not as requested. A live has none. */
export const badResultFor = (world: World, job: RunnerJob): Result<object> => {
  switch (job.type) {
    case "generate-video-storyboard":
      return aStoryboard(world, Media.aPicture({ width: 1, height: 1 }))
    case "video-transcription":
      return captions(world, { text: "no captions" })
    case "live-rtmp-hls-transcoding":
      return resultOf(world, {})
    default:
      return resultWith(world, job, Media.aVideo({ seconds: 1 }))
  }
}
