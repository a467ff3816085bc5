import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { assertPublished, request, type Video } from "../support/Api.ts"
import { chromium } from "../support/Browser.ts"
import { hasNative, leftOut } from "../support/native.ts"
import { temporaryFolder } from "../support/workspace.ts"
import { openPlayer } from "./support/browser.ts"
import { ffmpeg } from "./support/native.ts"
import { makeServer } from "./support/server.ts"
import { serve } from "./support/stage.ts"

/** A source whose tracks end at different times. */
interface Uneven {
  readonly name: string
  readonly about: string
  /** Seconds. */
  readonly shown: number
  readonly heard: number
  /** The renditions that a stock runner creates from it. */
  readonly heights: ReadonlyArray<number>
}

const sources: ReadonlyArray<Uneven> = [
  { name: "early.mp4", about: "audio ends before the last segment", shown: 6, heard: 2, heights: [0, 90] },
  { name: "longer.mkv", about: "audio longer than video", shown: 1, heard: 4, heights: [90] },
  { name: "picture.mkv", about: "one picture and audio", shown: 0.1, heard: 3, heights: [0] }
]

const make = (folder: string, { heard, name, shown }: Uneven) =>
  Effect.map(
    ffmpeg(
      [
        ...["-f", "lavfi", "-i", `testsrc2=size=160x90:rate=10:duration=${shown}`],
        ...["-f", "lavfi", "-i", `sine=duration=${heard}`],
        ...["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", name]
      ],
      folder
    ),
    () => join(folder, name)
  )

/** The duration in seconds of each rendition's playlist. */
const promisedBy = (video: Video) =>
  Effect.gen(function* () {
    const master = String(video.playlistUrl)
    const { text } = yield* request(master)
    const names = [...text.matchAll(/^[^#\s].*\.m3u8$|URI="([^"]+\.m3u8)"/gm)].map(([line, uri]) => uri ?? line)
    return yield* Effect.forEach(names, (name) =>
      Effect.map(request(new URL(name, master).href), ({ text }) =>
        [...text.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, seconds]) => sum + Number(seconds), 0)
      )
    )
  })

describe("results of stock runners for tracks that end at different times", () => {
  it.scopedLive(
    "play to their end, with correct playlist durations",
    () =>
      Effect.gen(function* () {
        if (!hasNative) return leftOut("the durations of stock runners' results")
        const folder = yield* temporaryFolder
        const { client, runner } = yield* makeServer({ STORYBOARDS: "off" })
        const player = chromium === undefined ? undefined : yield* openPlayer(chromium, yield* serve)
        for (const source of sources) {
          const { uuid } = yield* client.upload(yield* make(folder, source), source.name)
          yield* runner.workOff()
          const video = yield* client.settled(uuid)
          assertPublished(video, source.heights)
          const seconds = Math.max(source.shown, source.heard)
          assert.closeTo(Math.max(...(yield* promisedBy(video))), seconds, 0.3, source.about)
          if (player === undefined) console.warn("This machine has no Chromium. LEFT OUT: watching in a browser")
          else {
            const played = yield* player.play({ url: String(video.playlistUrl), fps: 10 })
            assert.isTrue(played.ended, `${source.about}: ${JSON.stringify(played)}`)
            assert.closeTo(played.at, seconds, 0.3, source.about)
          }
        }
      }),
    300_000
  )
})
