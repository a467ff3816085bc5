import { Effect, Option, Stream } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { UploadedFile } from "../../src/jobs/UploadedFile.ts"
import { editedOn } from "./mp4.ts"
import type { World } from "./World.ts"

/** What the twin of the probe finds in a file. */
export interface MediaOptions {
  readonly width?: number
  readonly height?: number
  /** Seconds. */
  readonly duration?: number
  readonly hasVideo?: boolean
  readonly hasAudio?: boolean
  readonly formatName?: string
}

const video = (width: number, height: number) => ({
  codec_type: "video",
  codec_name: "h264",
  codec_tag_string: "avc1",
  profile: "High",
  level: 30,
  width,
  height,
  avg_frame_rate: "30/1"
})
const audio = { codec_type: "audio", codec_name: "aac", codec_tag_string: "mp4a" }

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** A media file as the twin of the probe reads it: the report itself. */
export const media = (options: MediaOptions = {}): Uint8Array => {
  const { duration = 60, hasAudio = true, hasVideo = true, height = 720, width = 1280 } = options
  return encode({
    format: { format_name: options.formatName ?? "mov,mp4,m4a,3gp,3g2,mj2", duration: String(duration) },
    streams: [...(hasVideo ? [video(width, height)] : []), ...(hasAudio ? [audio] : [])]
  })
}

/** A picture as the twin of the probe reads it. */
export const picture = (codec = "mjpeg", formatName = "image2"): Uint8Array =>
  encode({ format: { format_name: formatName }, streams: [{ ...video(640, 360), codec_name: codec }] })

/** A file that no probe can read. */
export const unreadable = (reason: string): Uint8Array => encode({ unreadable: reason })

/** The name that a runner gives its media file. */
export const runnerName = (resolution: number): string =>
  `11111111-2222-4333-8444-555555555555-${resolution}-fragmented.mp4`

/** A runner's playlist over a file of more than four seconds and at least 100 bytes. */
export const playlist = (name: string, seconds = 60): string =>
  [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${Math.max(4, Math.ceil(seconds - 4))}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXT-X-MAP:URI="${name}",BYTERANGE="40@0"`,
    "#EXTINF:4.000000,",
    "#EXT-X-BYTERANGE:30@40",
    name,
    `#EXTINF:${(seconds - 4).toFixed(6)},`,
    "#EXT-X-BYTERANGE:30@70",
    name,
    "#EXT-X-ENDLIST",
    ""
  ].join("\n")

let uploads = 0

/** A file that has arrived whole on the local disk. */
export const upload = (world: World, name: string, bytes: Uint8Array): UploadedFile => {
  uploads += 1
  const path = `${world.uploads}/${uploads}-${name}`
  world.disk.set(path, bytes)
  return new UploadedFile({
    path,
    contentType: "application/octet-stream",
    size: bytes.length,
    content: Stream.suspend(() => Stream.make(world.disk.get(path) ?? new Uint8Array())),
    read: ({ end, start }) =>
      Stream.suspend(() => Stream.make((world.disk.get(path) ?? new Uint8Array()).slice(start, end + 1))),
    edited: editedOn(world.disk, path)
  })
}

/** What a runner hands in, and how often it was let go. */
export interface Result<Payload = { readonly videoFile: UploadedFile; readonly resolutionPlaylistFile: UploadedFile }> {
  readonly payload: Payload
  readonly release: Effect.Effect<void>
  readonly released: () => number
}

interface Asked {
  readonly output: { readonly resolution: number; readonly separatedAudio?: boolean }
}

/** Seconds that the job's video lasts by now. */
const lengthOf = (world: World, { videoId }: Pick<RunnerJob, "videoId">): number =>
  Option.flatMapNullable(videoId, (id) => world.state.videos.get(id)).pipe(
    Option.flatMap(({ source }) => source.duration),
    Option.getOrElse(() => 60)
  )

/** What a runner makes of a job, unless it is said how it differs. */
export const aResultFor = (
  world: World,
  job: Pick<RunnerJob, "payload" | "videoId">,
  over: Parameters<typeof aResult>[2] = {}
): Result => {
  const { resolution, separatedAudio = false } = (job.payload as Asked).output
  const duration = lengthOf(world, job)
  const made = media({
    duration,
    height: resolution,
    width: Math.round((resolution * 16) / 9),
    hasVideo: resolution > 0,
    hasAudio: resolution === 0 || !separatedAudio
  })
  return aResult(world, resolution, { media: made, playlist: playlist(runnerName(resolution), duration), ...over })
}

/** A good result for a rendition of this resolution, unless it is said how it differs. */
export const aResult = (
  world: World,
  resolution: number,
  over: { readonly media?: Uint8Array; readonly playlist?: string } = {}
): Result => {
  const name = runnerName(resolution)
  const isAudio = resolution === 0
  const bytes =
    over.media ?? media({ height: resolution, width: Math.round((resolution * 16) / 9), hasVideo: !isAudio })
  const payload = {
    videoFile: upload(world, name, bytes),
    resolutionPlaylistFile: upload(
      world,
      `${resolution}.m3u8`,
      new TextEncoder().encode(over.playlist ?? playlist(name))
    )
  }
  let count = 0
  return {
    payload,
    released: () => count,
    release: Effect.sync(() => {
      count += 1
      for (const file of Object.values(payload)) world.disk.delete(file.path)
    })
  }
}
