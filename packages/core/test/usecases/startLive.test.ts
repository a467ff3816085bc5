import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import * as Media from "../../src/testing/media.ts"
import { jobsOf, register, request } from "../support/actions.ts"
import { outcome, withLog } from "../support/calls.ts"
import { rtmpUrl, sessionOf, startLive, streamKey } from "../support/live.ts"
import { aProcess } from "../support/Process.ts"

describe("startLive", () => {
  it.effect("makes a video that waits, and one job that says what to play and what to make", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* startLive(server)
      const [job] = jobsOf(server.world)
      assert.deepInclude(video, { state: "WaitingForLive", sourceKey: Option.none(), playlistKey: Option.none() })
      assert.deepInclude(sessionOf(server.world, video), { state: "waiting", replay: false, error: Option.none() })
      assert.deepInclude(job, { type: "live-rtmp-hls-transcoding", state: "Pending", priority: 100 })
      deepStrictEqual(job?.payload, {
        input: { rtmpUrl },
        output: {
          toTranscode: [
            { resolution: 360, fps: 30 },
            { resolution: 0, fps: 0 }
          ],
          segmentDuration: 4,
          segmentListSize: 15
        }
      })
      assert.strictEqual(server.world.pings, 1)
      deepStrictEqual(
        (yield* request(server, yield* register(server), ["live-rtmp-hls-transcoding"])).map(({ id }) => id),
        [job?.id]
      )
    })
  )

  it.effect("looks at the stream when nobody says what it holds", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { disk } = server.world
      disk.set(rtmpUrl, Media.aVideo({ height: 480, width: 854, hasAudio: false, seconds: 60 }))
      const { source } = yield* startLive(server, { source: undefined })
      assert.deepInclude(source, { height: 480, hasVideo: true, hasAudio: false, duration: Option.none(), size: 0 })
      deepStrictEqual(
        jobsOf(server.world).map(({ payload }) => payload as object),
        [
          {
            input: { rtmpUrl },
            output: { toTranscode: [{ resolution: 360, fps: 30 }], segmentDuration: 4, segmentListSize: 15 }
          }
        ]
      )
      disk.set(rtmpUrl, Media.unreadable("Nobody sends anything."))
      const error = yield* Effect.flip(server.lives.startLive({ rtmpUrl: new URL(rtmpUrl), destination: "lives/dog" }))
      assert.strictEqual(error._tag, "UnusableMedia")
      assert.match(
        error.message,
        /^Nobody sends anything\. Start the stream first\. Applications can describe it in `source`/
      )
    })
  )

  it.effect("takes no other address, and shows none", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const source = { width: 0, height: 0, fps: 0, hasVideo: false, hasAudio: true }
      const bad = [
        ...[
          `http://a/${streamKey}`,
          `rtmp:/${streamKey}`,
          `rtmp://`,
          `rtmp://a/${streamKey} x`,
          `file:///${streamKey}`
        ],
        `rtmp://a/${streamKey}${"x".repeat(2100)}`,
        `rtmp://a/\n${streamKey}`
      ]
      const [errors, log] = yield* withLog(
        Effect.forEach(bad, (rtmpUrl) =>
          Effect.flip(server.lives.startLive({ rtmpUrl, destination: "lives/cat", source }))
        )
      )
      for (const error of errors) assert.strictEqual(error._tag, "InvalidRequest")
      assert.notInclude(`${JSON.stringify(errors)}${errors.map((_) => _.message)}${log}`, streamKey)
      deepStrictEqual(jobsOf(server.world), [])
    })
  )

  it.effect("refuses what makes no sense", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const audio = { width: 0, height: 0, fps: 0, hasVideo: false, hasAudio: true }
      const live = { rtmpUrl, destination: "lives/cat", source: audio }
      for (const wrong of [
        { ...live, destination: "../up" },
        { ...live, segmentDuration: 0 },
        { ...live, source: { ...audio, hasAudio: false } },
        { ...live, source: { ...audio, hasVideo: true } },
        { ...live, baseName: "a/b" },
        { ...live, title: "one\ntwo" },
        { ...live, source: { ...audio, hasVideo: true, width: 640, height: 360, fps: 0.01 } }
      ]) {
        assert.strictEqual(yield* outcome(server.lives.startLive(wrong)), "InvalidRequest", JSON.stringify(wrong))
      }
      const refused = yield* Effect.flip(server.lives.startLive({ ...live, segmentDuration: 0 }))
      assert.strictEqual(refused.message, "segmentDuration: Expected a number between 1 and 30, actual 0")
      deepStrictEqual(jobsOf(server.world), [])
    })
  )
})
