import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Lives } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { stateOf, tokenParts } from "./arrange.ts"
import { administer, assertDone, assertProblem, type Part, postForm, postJson, R } from "./client.ts"
import {
  add,
  aHeldLive,
  master,
  name,
  nothingSpooled,
  playlist,
  playlistParts,
  playlistType,
  scalars,
  text,
  update,
  videoOf
} from "./heldLive.ts"
import type { WireCases } from "./WireServer.ts"

const NOT_PROCESSING = "runner_job_not_in_processing_state"

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
