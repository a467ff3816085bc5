import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { completePlaylist, request } from "../support/Api.ts"
import { chromium } from "../support/Browser.ts"
import { hasNative, leftOut } from "../support/native.ts"
import type { Codecs } from "../support/stockRunner.ts"
import { until } from "../support/waiting.ts"
import { temporaryFolder } from "../support/workspace.ts"
import { openPlayer } from "./support/browser.ts"
import { decodedOffsets, decodedPictures, median } from "./support/decoded.ts"
import { makeServer } from "./support/server.ts"
import { makeSource } from "./support/sources.ts"
import { serve } from "./support/stage.ts"

const FPS = 10
/** The film, and the end of each of its chunks. Seconds. */
const SECONDS = 14
const ENDS = [2, 4, 6, 10, 12, SECONDS]

/** The largest distance of sound and picture, in seconds. */
const LIMIT = 0.05

/** The longest wait for a step of the player, which reads a growing playlist every few seconds. */
const PATIENCE = 60

/** A server with a film in chunks, and a runner that holds the result of each job back. */
const makeFilm = (codecsOf?: (number: number) => Partial<Codecs>) =>
  Effect.gen(function* () {
    const { client, runner } = yield* makeServer({
      TRANSCODING_GRAPH: "chunked",
      TRANSCODING_CHUNK_DURATION: "4",
      TRANSCODING_CHUNK_MIN_DURATION: "4",
      STORYBOARDS: "off"
    })
    const path = yield* makeSource(yield* temporaryFolder, "film", { fps: FPS, seconds: SECONDS, isRegular: true })
    const { uuid } = yield* client.upload(path, "film.mp4")
    const isCut = ({ chunking }: { readonly chunking: { readonly state: string } | null }) => chunking?.state === "cut"
    yield* until("the film is cut", client.video(uuid), isCut)
    const held = yield* runner.holdAll(codecsOf)
    // The server has copied the audio.
    deepStrictEqual(
      held.map(({ resolution }) => resolution),
      ENDS.map(() => 90)
    )
    const playlistUrl = Effect.map(client.video(uuid), ({ files }) =>
      String(files.find(({ resolution }) => resolution > 0)?.playlistUrl)
    )
    const playlist = Effect.flatMap(playlistUrl, (url) => Effect.map(request(url), ({ text }) => text))
    const complete = Effect.flatMap(playlistUrl, completePlaylist)
    return { client, uuid, held, playlist, playlistUrl, complete }
  })

/** All flashes and beeps of a film, as FFmpeg decodes them. */
const assertDecoded = (url: string) =>
  Effect.gen(function* () {
    const found = yield* decodedOffsets(url)
    assert.strictEqual(found.length, SECONDS / 2)
    for (const offset of found) assert.isAtMost(Math.abs(offset), LIMIT)
  })

describe("a playlist that grows with the chunks of a film", () => {
  it.scopedLive(
    "plays in hls.js from its first seconds to the end while the rest is made, and seeks",
    () =>
      Effect.gen(function* () {
        if (!hasNative || chromium === undefined) return console.warn("LEFT OUT: a growing playlist in a browser")
        const { client, held, playlist, uuid } = yield* makeFilm()
        const player = yield* openPlayer(chromium, yield* serve)
        const [first, ...others] = held
        yield* first?.deliver ?? Effect.void
        const { playlistUrl } = yield* until(
          "it can be played",
          client.video(uuid),
          ({ state }) => state.label === "Published"
        )
        yield* player.begin({ url: String(playlistUrl), fps: FPS })
        for (const [index, { deliver }] of others.entries()) {
          const end = ENDS[index] ?? 0
          const isPlayed = ({ at, loaded }: { readonly at: number; readonly loaded: number }) =>
            loaded > end - 0.1 && at > end - 0.6
          yield* until("the end of what exists is played", player.progress, isPlayed, PATIENCE)
          assert.include(yield* playlist, "#EXT-X-PLAYLIST-TYPE:EVENT")
          // Not the position: Chromium plays sound without a picture for up to three seconds before it stalls.
          assert.isAtMost((yield* player.progress).loaded, end + 0.1)
          yield* deliver
        }
        yield* until("the end is reached", player.progress, ({ ended }) => ended, PATIENCE)
        assert.include(yield* playlist, "#EXT-X-ENDLIST")
        for (const [second, isBright] of [
          [1.05, true],
          [12, false],
          [7.05, true],
          [4, false]
        ] as const) {
          const shown = yield* player.seek(second)
          assert.strictEqual(shown.bright, isBright, `${second}: ${JSON.stringify(shown)}`)
        }
        const played = yield* player.finish
        const facts = JSON.stringify(played)
        assert.closeTo(played.started, 0.3, 0.3, facts)
        assert.isAtLeast(played.count, 3, facts)
        assert.isAtMost(Math.abs(played.offset), LIMIT, facts)
        assert.isAtMost(Math.abs(median(played.offsets.slice(-3))), LIMIT, facts)
        yield* assertDecoded(String((yield* client.settled(uuid)).playlistUrl))
      }),
    600_000
  )

  it.scopedLive(
    "plays in FFmpeg and hls.js where copied chunks and encoded ones alternate",
    () =>
      Effect.gen(function* () {
        if (!hasNative) return leftOut("chunks with different headers")
        const { client, complete, held, playlistUrl, uuid } = yield* makeFilm((number) =>
          number % 2 === 0 ? { video: "copy" } : { profile: "main" }
        )
        yield* Effect.forEach(held, ({ deliver }) => deliver)
        const settled = yield* client.settled(uuid)
        const text = yield* complete
        assert.strictEqual(text.match(/#EXT-X-MAP/g)?.length, ENDS.length, text)
        const decoded = yield* decodedPictures(yield* playlistUrl)
        assert.deepStrictEqual(decoded, { complaints: [], steps: Array(SECONDS * FPS - 1).fill(1000) })
        yield* assertDecoded(String(settled.playlistUrl))
        if (chromium === undefined) return console.warn("LEFT OUT: chunks with different headers in a browser")
        const player = yield* openPlayer(chromium, yield* serve)
        const played = yield* player.play({ url: String(settled.playlistUrl), fps: FPS })
        const facts = JSON.stringify(played)
        assert.isTrue(played.ended, facts)
        assert.closeTo(played.at, SECONDS, 0.5, facts)
        assert.isAtMost(Math.abs(played.offset), LIMIT, facts)
      }),
    600_000
  )
})
