import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hasNative, leftOut } from "../support/native.ts"
import { type Case, makeBench } from "./support/bench.ts"

/** A few cases of `matrix.long.test.ts`. Only the first one is played in real time. */
const cases: ReadonlyArray<Case> = [
  { fps: 10, seconds: 4, splitAudio: true, audioStart: 0.7, isWatched: true },
  { fps: 30, seconds: 4, codecs: { video: "copy" }, container: "mkv" }
]

describe("audio and video of stock runners, in the browser and in decoded packets", () => {
  it.scopedLive(
    "are within 20 ms",
    () =>
      Effect.gen(function* () {
        if (!hasNative) return leftOut("measuring the offset of audio and video")
        const bench = yield* makeBench()
        yield* Effect.forEach(cases, bench.assertInSync)
      }),
    300_000
  )
})
