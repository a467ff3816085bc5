import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Video } from "../support/Api.ts"
import { hasNative, leftOut } from "../support/native.ts"
import type { Codecs } from "../support/stockRunner.ts"
import { makeBench } from "./support/bench.ts"
import { liveEnvironment, replayOf } from "./support/replay.ts"

type Bench = Effect.Effect.Success<ReturnType<typeof makeBench>>

const published = (video: Video): Video => {
  assert.strictEqual(video.state.label, "Published", JSON.stringify(video, null, 1))
  return video
}

/** The HLS renditions of a video, decoded and played. */
const assertPlays = ({ assertDecoded, assertWatched }: Bench, video: Video, title: string, fps: number) =>
  Effect.gen(function* () {
    const url = String(published(video).playlistUrl)
    yield* assertDecoded(url, title)
    yield* assertWatched(url, title, { fps })
  })

const json = { "content-type": "application/json" }

/** A cut from the third second on, after which the whole video is transcoded again. */
const cut = ({ client, runner }: Bench, uuid: string) =>
  Effect.gen(function* () {
    const body = JSON.stringify({ tasks: [{ name: "cut", options: { start: 2, end: 8 } }] })
    const answer = yield* client.send(`/videos/${uuid}/edit`, { method: "POST", headers: json, body })
    assert.strictEqual(answer.status, 200, answer.text)
    yield* runner.workOff()
    return yield* client.settled(uuid)
  })

const codecs: ReadonlyArray<readonly [title: string, Codecs]> = [
  ["copies audio", { video: "libx264", audio: "copy" }],
  ["copies audio and video", { video: "copy", audio: "copy" }],
  ["encodes both", { video: "libx264", audio: "aac" }]
]

describe("every job type", () => {
  for (const [title, how] of codecs) {
    it.scopedLive(
      `keeps audio and video within 20 ms, with a runner that ${title}`,
      () =>
        Effect.gen(function* () {
          if (!hasNative) return leftOut("measuring the offset of audio and video for every job type")
          const bench = yield* makeBench({ ...liveEnvironment, TRANSCODING_KEEP_SOURCE: "true" })
          const source = { fps: 10, seconds: 8, audioStart: 0.7 }

          const webVideos = yield* bench.transcode(source, { hls: "false", webVideos: "true" }, how)
          for (const { url } of published(webVideos).webVideos) {
            yield* bench.assertDecoded(url, "a progressive file")
            yield* bench.assertWatched(url, "a progressive file", { fps: 10, isHls: false })
          }
          const merged = published(yield* bench.merge({ webVideos: "true" }, { audio: how.audio }))
          for (const { url } of merged.webVideos) {
            yield* bench.assertBeeps(url, "merged audio", { fps: 25, isHls: false })
          }
          yield* bench.assertBeeps(String(merged.playlistUrl), "merged audio in HLS", { fps: 25 })
          const hls = yield* bench.transcode(source, { hls: "true" }, how)
          yield* assertPlays(bench, hls, "HLS", 10)
          yield* assertPlays(bench, yield* cut(bench, hls.uuid), "an edited video", 10)
          yield* assertPlays(bench, yield* replayOf(bench, { fps: 15, seconds: 8, audioStart: 0.6 }), "a replay", 15)
        }),
      300_000
    )
  }
})
