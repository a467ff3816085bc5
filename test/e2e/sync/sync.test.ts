import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hasNative, leftOut } from "../support/native.ts"
import { type Case, makeBench } from "./support/bench.ts"

/** A few of the cases of `matrix.long.test.ts`. Only the first two are watched in real time. */
const cases: ReadonlyArray<Case> = [
  { fps: 10, seconds: 4, isWatched: true },
  { fps: 10, seconds: 4, splitAudio: true, audioStart: 0.7, isWatched: true },
  { fps: 5, seconds: 6 },
  { fps: 15, seconds: 6, audioStart: -0.6 },
  { fps: 30, seconds: 6, audioStart: -0.6, container: "ts" },
  { fps: 30, seconds: 4, splitAudio: true, bFrames: false },
  { fps: 30, seconds: 4, codecs: { video: "copy" }, container: "mkv" }
]

describe("sound and picture of what stock runners make, in the browser and in decoded packets", () => {
  it.scopedLive(
    "are within 20 ms",
    () =>
      Effect.gen(function* () {
        if (!hasNative) return leftOut("measuring the distance of sound and picture")
        const bench = yield* makeBench()
        yield* Effect.forEach(cases, bench.assertInSync)
      }),
    180_000
  )
})
