import { describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { hasNative, leftOut } from "../support/native.ts"
import { type Case, makeBench, titleOf } from "./support/bench.ts"

class Bench extends Context.Tag("Bench")<Bench, Effect.Effect.Success<ReturnType<typeof makeBench>>>() {}

/** Frame rates at which a browser without a graphics card shows every frame, so that it misses no flash. */
const FASTEST = 30

/** Starts that are whole frames at every rate. Other starts would move flashes, not tracks. */
const starts = [0, 0.7, 5.4, -0.6, -0.2]

const cases: ReadonlyArray<Case> = [5, 10, 15, 30, 60].flatMap((fps) =>
  [false, true].flatMap(
    (splitAudio): ReadonlyArray<Case> => [
      ...starts.map((audioStart) => ({ fps, splitAudio, audioStart })),
      { fps, splitAudio, bFrames: false },
      { fps, splitAudio, codecs: { audio: "aac" } },
      { fps, splitAudio, codecs: { video: "copy" }, audioStart: 0.7 },
      { fps, splitAudio, container: "ts", audioStart: -0.6 },
      { fps, splitAudio, container: "mkv", codecs: { video: "copy" } }
    ]
  )
)

if (hasNative) {
  layer(Layer.scoped(Bench, makeBench()), { timeout: "60 seconds", excludeTestServices: true })(
    "audio and video of stock runners are within 20 ms",
    (it) => {
      for (const one of cases) {
        it.effect(
          titleOf(one),
          () => Effect.flatMap(Bench, ({ assertInSync }) => assertInSync({ ...one, isWatched: one.fps <= FASTEST })),
          120_000
        )
      }
    }
  )
} else {
  describe("audio and video of stock runners", () => {
    it("are within 20 ms", () => leftOut("the complete matrix of frame rates and starts"))
  })
}
