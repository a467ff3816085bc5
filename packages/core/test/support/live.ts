import { Effect, Option } from "effect"
import type { UploadedFile } from "../../src/jobs/UploadedFile.ts"
import * as Media from "../../src/testing/media.ts"
import type { StartLive } from "../../src/usecases/live/Lives.ts"
import { acceptNext, type Held, register, videoOf } from "./actions.ts"
import type { Process } from "./Process.ts"
import { upload } from "./results.ts"
import type { World } from "./World.ts"

/** The stream key. Only runners and administrators may see it. */
export const streamKey = "a-very-secret-stream-key"
export const rtmpUrl = `rtmp://media.example:1935/live/${streamKey}`

/** A live of 720p with audio, in 360 lines. Audio is variant 0, video is variant 1. */
export const aLive: StartLive = {
  rtmpUrl,
  destination: "lives/cat",
  source: { width: 1280, height: 720, fps: 30, hasVideo: true, hasAudio: true },
  settings: { resolutions: [360] }
}

/** Both variants of `aLive`. */
export const soundVariant = 0
export const pictureVariant = 1

export const startLive = (process: Process, over: Partial<StartLive> = {}) =>
  Effect.orDie(process.lives.startLive({ ...aLive, ...over }))

/** A live that a runner plays. */
export const aRunningLive = (process: Process, over: Partial<StartLive> = {}) =>
  Effect.gen(function* () {
    const video = yield* startLive(process, over)
    const runner = yield* register(process)
    return { video, held: yield* Effect.orDie(acceptNext(process, runner)) }
  })

export const chunkName = (variant: number, number: number): string => `${variant}-${String(number).padStart(6, "0")}.ts`

/** The playlist of a variant as ffmpeg writes it, with the segments from the first to the last. */
export const variantPlaylist = (variant: number, first: number, last: number): string =>
  [
    "#EXTM3U",
    "#EXT-X-VERSION:6",
    "#EXT-X-TARGETDURATION:4",
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...Array.from({ length: last + 1 - first }, (_, n) => `#EXTINF:4.000000,\n${chunkName(variant, first + n)}`),
    ""
  ].join("\n")

export const master = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="group_Audio",NAME="audio_0",DEFAULT=YES,URI="0.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=554875,RESOLUTION=640x360,CODECS="avc1.64001e,mp4a.40.2",AUDIO="group_Audio"
1.m3u8
`

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const playlistFiles = (world: World, name: string, text: string) => ({
  resolutionPlaylistFilename: name,
  // Real runners send both playlists under this name.
  resolutionPlaylistFile: upload(world, "master.m3u8", encode(text)),
  masterPlaylistFile: upload(world, "master.m3u8", encode(master))
})

/** The report of a new segment. */
export const added = (
  world: World,
  variant: number,
  number: number,
  over: { readonly playlist?: string; readonly content?: Uint8Array } = {}
) => ({
  type: "add-chunk",
  videoChunkFilename: chunkName(variant, number),
  videoChunkFile: upload(world, "x.ts", over.content ?? encode(chunkName(variant, number))),
  ...playlistFiles(world, `${variant}.m3u8`, over.playlist ?? variantPlaylist(variant, 0, number))
})

/** The report of a segment that left the playlist. */
export const removed = (world: World, variant: number, number: number, last: number) => ({
  type: "remove-chunk",
  videoChunkFilename: chunkName(variant, number),
  ...playlistFiles(world, `${variant}.m3u8`, variantPlaylist(variant, number + 1, last))
})

type Payload = Readonly<Record<string, string | UploadedFile>>

export const report = (process: Process, held: Held, payload: Payload) =>
  process.jobs.update({ ...held.claim, progress: Option.none(), payload })

/** The segments of this number of both variants, one after the other. */
export const reportNumber = (process: Process, held: Held, number: number) =>
  Effect.forEach([0, 1], (variant) =>
    // The probe in memory reads the first one for all of them joined. The others add white space.
    report(process, held, added(process.world, variant, number, { content: contentOf(variant, number) }))
  )

/** Segments 0 up to the last of both variants, one after the other. */
export const broadcast = (process: Process, held: Held, last: number) =>
  Effect.forEach(
    Array.from({ length: last + 1 }, (_, number) => number),
    (number) => reportNumber(process, held, number),
    { discard: true }
  )

/** A segment of a variant as the probe in memory reads it. */
export const segment = (variant: number, over: Media.TestVideo = {}): Uint8Array =>
  variant === soundVariant
    ? Media.anAudioFile({ seconds: 8, ...over })
    : Media.aVideo({ hasAudio: false, height: 360, width: 640, seconds: 8, ...over })

const contentOf = (variant: number, number: number): Uint8Array =>
  number > 0 ? encode(" ".repeat(number)) : segment(variant)

/** The names of the files in the folder of the live. */
export const liveFiles = ({ files, state }: World) =>
  Effect.map(files, (keys) => {
    const folders = Array.from(state.videos.values()).flatMap(({ destination, live }) =>
      Option.toArray(Option.map(live, ({ id }) => `${destination}/live-${id}/`))
    )
    return keys.flatMap((key) =>
      folders.filter((folder) => key.startsWith(folder)).map((folder) => key.slice(folder.length))
    )
  })

export const sessionOf = (world: World, video: Parameters<typeof videoOf>[1]) =>
  Option.getOrThrow(videoOf(world, video).live)
