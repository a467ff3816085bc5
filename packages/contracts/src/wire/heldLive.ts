import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage, type Ids, JobAdmin, Lives, type Video, VideoStore } from "@runner-connector/core"
import { Effect, Option, Schema, Stream } from "effect"
import { aRunner, tokenParts } from "./arrange.ts"
import { type Part, postForm, postJson, R } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import { segmentName } from "./recordedLives.ts"
import type { Hands } from "./WireServer.ts"
import { Spooled } from "./world.ts"

export const playlistType = "application/vnd.apple.mpegurl"

const Accepted = Schema.Struct({ job: Schema.Struct({ jobToken: Schema.String, payload: Schema.Unknown }) })

/** A leased live job. */
export interface Live {
  readonly payload: unknown
  readonly id: Ids.JobId
  readonly video: Video.Video
  readonly tokens: { readonly runnerToken: string; readonly jobToken: string }
  readonly streamKey: string
  readonly folder: string
  readonly path: string
}

/** A leased live job of 240 lines with audio. Audio is variant 0. */
export const aHeldLive: Effect.Effect<Live, never, Hands> = Effect.gen(function* () {
  const lives = yield* Lives.Lives
  const admin = yield* JobAdmin.JobAdmin
  const streamKey = `stream-${crypto.randomUUID()}`
  yield* keepSecret(streamKey)
  const video = yield* lives.startLive({
    rtmpUrl: `rtmp://media.example:1935/live/${streamKey}`,
    destination: `lives/${crypto.randomUUID()}`,
    source: { width: 426, height: 240, fps: 25, hasVideo: true, hasAudio: true },
    settings: { resolutions: [240] }
  })
  const [job] = yield* admin.ofVideo(video.id)
  assert.isDefined(job)
  const { runnerToken } = yield* aRunner
  const answer = yield* postJson(`${R}/jobs/${job.id}/accept`, { runnerToken })
  const accepted = Schema.decodeUnknownSync(Accepted)(JSON.parse(answer.text)).job
  yield* keepSecret(accepted.jobToken)
  const tokens = { runnerToken, jobToken: accepted.jobToken }
  const folder = `${video.destination}/live-${Option.getOrThrow(video.live).id}`
  return { payload: accepted.payload, id: job.id, video, tokens, streamKey, folder, path: `${R}/jobs/${job.id}` }
}).pipe(Effect.orDie)

export const name = segmentName

/** The recorded master playlist. */
export const master = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="group_Audio",NAME="audio_0",DEFAULT=YES,URI="0.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=554875,RESOLUTION=426x240,CODECS="avc1.640015,mp4a.40.2",AUDIO="group_Audio"
1.m3u8

`

export const playlist = (variant: number, last: number): string =>
  `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
${Array.from({ length: last + 1 }, (_, n) => `#EXTINF:2.000000,\n#EXT-X-PROGRAM-DATE-TIME:2026-11-22T05:11:14.053+0000\n${name(variant, n)}\n`).join("")}`

/** Both playlists use one file name, as real runners send them. */
export const playlistParts = (variant: number, last: number): ReadonlyArray<Part> => [
  ["payload[masterPlaylistFile]", master, "master.m3u8", playlistType],
  ["payload[resolutionPlaylistFile]", playlist(variant, last), "master.m3u8", playlistType]
]

export const scalars = (type: string, chunk: string, list?: string): ReadonlyArray<Part> => [
  ["payload[type]", type],
  ["payload[videoChunkFilename]", chunk],
  ...(list === undefined ? [] : [["payload[resolutionPlaylistFilename]", list] as const])
]

export const update = ({ path, tokens }: Live, parts: ReadonlyArray<Part>) =>
  postForm(`${path}/update`, [...tokenParts(tokens), ...parts])

export const add = (live: Live, variant: number, number: number) =>
  update(live, [
    ...scalars("add-chunk", name(variant, number), `${variant}.m3u8`),
    ...playlistParts(variant, number),
    ["payload[videoChunkFile]", `segment ${number} of ${variant}`, name(variant, number), "video/mp2t"]
  ])

/** A stored file, or `none`. */
export const text = (key: string) =>
  Effect.flatMap(FileStorage.FileStorage, (storage) =>
    storage.read(FileKey.FileKey.make(key)).pipe(
      Stream.decodeText(),
      Stream.mkString,
      Effect.catchTag("FileNotFound", () => Effect.succeed("none"))
    )
  )

export const videoOf = ({ video }: Live) =>
  Effect.flatMap(VideoStore.VideoStore, (videos) => Effect.orDie(Effect.flatten(videos.find(video.id))))

export const nothingSpooled = Effect.gen(function* () {
  const { files } = yield* Spooled
  deepStrictEqual(yield* files, [])
})
