import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { request } from "../support/Api.ts"
import { leftOut, playUrl, probeUrl, tracksOf } from "../support/native.ts"
import { assertPicture } from "../support/picture.ts"
import { until } from "../support/waiting.ts"
import { assertPlays } from "./vod.ts"
import { type Cases, post, show, type Whole, Works } from "./works.ts"

const onAir = (uuid: string) =>
  until("the live is on the air", show(uuid), ({ live }) => live?.state !== "waiting", 60).pipe(
    Effect.tap(({ live }) => assert.strictEqual(live?.state, "running", String(live?.error)))
  )

/** Changing files of a live are not cached. Immutable ones may be cached. */
const assertWatchable = ({ playlistUrl, state }: Whole) =>
  Effect.gen(function* () {
    const url = String(playlistUrl)
    assert.strictEqual(state.label, "Published")
    const report = yield* probeUrl(url, "-live_start_index", "0")
    deepStrictEqual(tracksOf(report), ["audio", "video 160x90"])
    yield* playUrl(url, "-live_start_index", "0", "-t", "2")

    const { search } = new URL(url)
    const beside = (name: string) => request(new URL(name, url).href)
    const playlists = [yield* request(url), yield* beside(`0.m3u8${search}`), yield* beside(`1.m3u8${search}`)]
    for (const { headers, text } of playlists) {
      assert.strictEqual(headers.get("cache-control"), "private, no-cache")
      assert.notInclude(text, "#EXT-X-ENDLIST")
    }
    const chunk = /^.+\.ts\?token=.+$/m.exec(String(playlists[2]?.text))?.[0]
    const { headers } = yield* beside(String(chunk))
    deepStrictEqual(
      [headers.get("cache-control"), headers.get("content-type")],
      ["private, max-age=3600, immutable", "video/mp2t"]
    )
  })

/** The results of a live, on the air and afterwards. */
export const liveCases = (it: Cases): void => {
  it.effect("a live and its replay", () =>
    Effect.gen(function* () {
      const started = (yield* Works).live
      if (Option.isNone(started)) return leftOut("lives, because WebAssembly has no sockets")
      const { stream } = started.value
      const uuid = yield* started.value.uuid
      const live = yield* onAir(uuid)
      yield* assertWatchable(live)
      yield* post(`/lives/${uuid}/stop`, {})
      const replay = yield* until(
        "the live became a video",
        show(uuid),
        // Two files if the recorded audio ends before the video.
        ({ files, jobs }) => files.length > 0 && jobs.every(({ state }) => state.label === "Completed")
      )
      deepStrictEqual(replay.live, { state: "ended", error: null, replay: true })
      for (const { failures } of replay.jobs) assert.strictEqual(failures, 0)
      yield* assertPlays(replay, ["audio", "video 160x90"], Number(replay.duration))
      assert.isAbove(Number(replay.duration), 2)
      assert.deepInclude(yield* assertPicture(replay.thumbnailUrl), { width: 160, height: 90 })
      assert.strictEqual(replay.storyboard !== null, Number(replay.duration) >= 3)
      yield* until("the stream has no players", Effect.sync(stream.players), (players) => players === 0)
      yield* until("the live is gone", request(String(live.playlistUrl)), ({ status }) => status === 404)
    })
  )
}
