import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hasNative, leftOut } from "../support/native.ts"
import { type Case, makeBench } from "./support/bench.ts"
import { liveEnvironment, replayOf } from "./support/replay.ts"

/** Cases of single faults. Those of `sync.test.ts` are not repeated. */
const cases: ReadonlyArray<Case> = [
  { fps: 10, seconds: 4, isWatched: true },
  { fps: 5, seconds: 6 },
  { fps: 15, seconds: 6, audioStart: -0.6 },
  { fps: 10, seconds: 6, container: "ts" },
  { fps: 30, seconds: 4, splitAudio: true, bFrames: false }
]

describe("audio and video of stock runners in further sources and in a replay", () => {
  it.scopedLive(
    "are within 20 ms",
    () =>
      Effect.gen(function* () {
        if (!hasNative) return leftOut("measuring the offset of audio and video")
        const bench = yield* makeBench(liveEnvironment)
        yield* Effect.forEach(cases, bench.assertInSync)
        const replay = yield* replayOf(bench, { fps: 30, seconds: 6 })
        assert.strictEqual(replay.state.label, "Published", JSON.stringify(replay))
        yield* bench.assertDecoded(String(replay.playlistUrl), "a replay of a live")
      }),
    300_000
  )
})
