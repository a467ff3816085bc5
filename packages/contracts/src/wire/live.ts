import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { FileKey, FileStorage, type Ids, JobAdmin, Lives, type Video, VideoStore } from "@runner-connector/core"
import { Effect, Option, Schema, Stream } from "effect"
import { aRunner, stateOf, tokenParts } from "./arrange.ts"
import { administer, assertDone, assertProblem, type Part, postForm, postJson, R } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import { segmentName } from "./recordedLives.ts"
import type { Hands, WireCases } from "./WireServer.ts"
import { Spooled } from "./world.ts"

const NOT_PROCESSING = "runner_job_not_in_processing_state"
const playlistType = "application/vnd.apple.mpegurl"

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

const name = segmentName

/** The recorded master playlist. */
export const master = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="group_Audio",NAME="audio_0",DEFAULT=YES,URI="0.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=554875,RESOLUTION=426x240,CODECS="avc1.640015,mp4a.40.2",AUDIO="group_Audio"
1.m3u8

`

const playlist = (variant: number, last: number): string =>
  `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
${Array.from({ length: last + 1 }, (_, n) => `#EXTINF:2.000000,\n#EXT-X-PROGRAM-DATE-TIME:2026-11-22T05:11:14.053+0000\n${name(variant, n)}\n`).join("")}`

/** Both playlists use one file name, as real runners send them. */
const playlistParts = (variant: number, last: number): ReadonlyArray<Part> => [
  ["payload[masterPlaylistFile]", master, "master.m3u8", playlistType],
  ["payload[resolutionPlaylistFile]", playlist(variant, last), "master.m3u8", playlistType]
]

const scalars = (type: string, chunk: string, list?: string): ReadonlyArray<Part> => [
  ["payload[type]", type],
  ["payload[videoChunkFilename]", chunk],
  ...(list === undefined ? [] : [["payload[resolutionPlaylistFilename]", list] as const])
]

const update = ({ path, tokens }: Live, parts: ReadonlyArray<Part>) =>
  postForm(`${path}/update`, [...tokenParts(tokens), ...parts])

const add = (live: Live, variant: number, number: number) =>
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

const nothingSpooled = Effect.gen(function* () {
  const { files } = yield* Spooled
  deepStrictEqual(yield* files, [])
})

/** Contract of live reports, in the forms that real runners were recorded to send. */
const reports: WireCases = (it) => {
  it.effect("the payload names the stream and its renditions, and the stream URL is exposed nowhere else", () =>
    Effect.gen(function* () {
      const { payload, streamKey } = yield* aHeldLive
      deepStrictEqual(payload, {
        input: { rtmpUrl: `rtmp://media.example:1935/live/${streamKey}` },
        output: {
          toTranscode: [
            { resolution: 240, fps: 25 },
            { resolution: 0, fps: 0 }
          ],
          segmentDuration: 4,
          segmentListSize: 15
        }
      })
      const { text } = yield* administer("GET", `${R}/jobs?typeOneOf=live-rtmp-hls-transcoding`)
      assert.include(text, '"rtmpUrl":"…"')
      assert.notInclude(text, streamKey)
    })
  )

  it.effect("accepts segments before and with complete playlists, several at once", () =>
    Effect.gen(function* () {
      const live = yield* aHeldLive
      const early = [["payload[videoChunkFile]", "early", "0-000000.ts", "video/mp2t"]] as const
      assertDone(yield* update(live, [...scalars("add-chunk", name(0, 0)), ...early]))
      assert.strictEqual((yield* videoOf(live)).state, "WaitingForLive")
      const order = [1, 0, 2, 4, 3]
      const answers = yield* Effect.forEach(
        order.flatMap((number) => [add(live, 0, number), add(live, 1, number)]),
        (report) => report,
        { concurrency: "unbounded" }
      )
      for (const answer of answers) assertDone(answer)
      for (const variant of [0, 1]) {
        assert.strictEqual(yield* text(`${live.folder}/${variant}.m3u8`), playlist(variant, 4))
        assert.strictEqual(yield* text(`${live.folder}/${name(variant, 3)}`), `segment 3 of ${variant}`)
      }
      assert.strictEqual(yield* text(`${live.folder}/master.m3u8`), master)
      const { playlistKey, state } = yield* videoOf(live)
      deepStrictEqual([state, Option.getOrNull(playlistKey)], ["Published", `${live.folder}/master.m3u8`])
      yield* nothingSpooled
    })
  )

  it.effect("removes segments, known or unknown, with or without playlists", () =>
    Effect.gen(function* () {
      const live = yield* aHeldLive
      for (const number of [0, 1]) assertDone(yield* add(live, 1, number))
      assertDone(yield* update(live, [...scalars("remove-chunk", name(1, 0), "1.m3u8"), ...playlistParts(1, 1)]))
      assertDone(yield* update(live, scalars("remove-chunk", "1-000777.ts")))
      deepStrictEqual(
        [yield* text(`${live.folder}/${name(1, 0)}`), yield* text(`${live.folder}/${name(1, 1)}`)],
        ["none", "segment 1 of 1"]
      )
    })
  )

  const chunk = ["payload[videoChunkFile]", "x", "0-000000.ts", "video/mp2t"] as const
  const wrong: Record<string, ReadonlyArray<Part>> = {
    "no segment": scalars("add-chunk", name(0, 0)),
    "another type": [...scalars("add-all", name(0, 0)), chunk],
    "no segment name": [["payload[type]", "add-chunk"], chunk],
    "a name with a folder": [...scalars("add-chunk", "../0-000000.ts"), chunk],
    "a playlist without a name": [...scalars("add-chunk", name(0, 0)), ...playlistParts(0, 0), chunk],
    "an invalid playlist name": [...scalars("add-chunk", name(0, 0), "0.ts"), ...playlistParts(0, 0), chunk],
    "a media playlist named as the master playlist": [
      ...scalars("add-chunk", name(0, 0), "master.m3u8"),
      ...playlistParts(0, 0),
      chunk
    ],
    "a playlist with a foreign URL": [
      ...scalars("add-chunk", name(0, 0), "0.m3u8"),
      [
        "payload[resolutionPlaylistFile]",
        "#EXTM3U\n#EXTINF:2,\nhttps://example.org/x.ts\n",
        "master.m3u8",
        playlistType
      ],
      chunk
    ]
  }
  for (const [what, parts] of Object.entries(wrong)) {
    it.effect(`rejects a report with ${what} and stores nothing`, () =>
      Effect.gen(function* () {
        const live = yield* aHeldLive
        assertProblem(yield* update(live, parts), 400)
        assert.strictEqual(yield* text(`${live.folder}/${name(0, 0)}`), "none")
        assert.strictEqual(yield* stateOf(live.id), "Processing")
        yield* nothingSpooled
      })
    )
  }
}

const endings: WireCases = (it) => {
  it.effect("a stopped live notifies its runner, rejects further segments, and ends with success", () =>
    Effect.gen(function* () {
      const live = yield* aHeldLive
      assertDone(yield* add(live, 0, 0))
      yield* Effect.flatMap(Lives.Lives, (lives) => lives.stopLive(live.video.id))
      assertProblem(yield* add(live, 0, 1), 400, NOT_PROCESSING)
      assert.strictEqual(yield* text(`${live.folder}/${name(0, 1)}`), "none")
      assertDone(yield* postForm(`${live.path}/success`, tokenParts(live.tokens)))
      assert.strictEqual(yield* stateOf(live.id), "Completed")
      assert.strictEqual((yield* videoOf(live)).state, "LiveEnded")
      assertDone(yield* add(live, 0, 1))
      assert.strictEqual(yield* text(`${live.folder}/${name(0, 1)}`), "none")
      yield* nothingSpooled
    })
  )

  it.effect("the end of the stream is a success without a payload", () =>
    Effect.gen(function* () {
      const live = yield* aHeldLive
      for (const variant of [0, 1]) assertDone(yield* add(live, variant, 0))
      assertDone(yield* postForm(`${live.path}/success`, tokenParts(live.tokens)))
      const { live: session, state } = yield* videoOf(live)
      assert.strictEqual(state, "LiveEnded")
      deepStrictEqual(Option.getOrThrow(session).error, Option.none())
    })
  )

  for (const [call, body] of [
    ["error", "message"],
    ["abort", "reason"]
  ] as const) {
    it.effect(`${call} is final and removes the stream key`, () =>
      Effect.gen(function* () {
        const live = yield* aHeldLive
        const said = `rtmp://media.example:1935/live/${live.streamKey}: Connection refused`
        assertDone(yield* postJson(`${live.path}/${call}`, { ...live.tokens, [body]: said }))
        assert.strictEqual(yield* stateOf(live.id), "Errored")
        const { live: session, state } = yield* videoOf(live)
        assert.strictEqual(state, "LiveEnded")
        assert.match(Option.getOrThrow(Option.getOrThrow(session).error), /^…: Connection refused/)
        assertProblem(yield* add(live, 0, 1), 404)
        yield* nothingSpooled
      })
    )
  }
}

export const liveCases: WireCases = (it) => {
  reports(it)
  endings(it)
}
