import { describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { hasNative, leftOut } from "../support/native.ts"
import { type Case, makeBench, titleOf } from "./support/bench.ts"

class Bench extends Context.Tag("Bench")<Bench, Effect.Effect.Success<ReturnType<typeof makeBench>>>() {}

/** Starts that are whole frames at every rate. Other starts would move flashes, not tracks. */
const starts = [0, 0.7, -0.6]

/** Frame rates at which a browser without a graphics card shows every frame, so that it misses no flash. */
const cases: ReadonlyArray<Case> = [5, 10, 30].flatMap((fps) =>
  [false, true].flatMap(
    (splitAudio): ReadonlyArray<Case> => starts.map((audioStart) => ({ fps, splitAudio, audioStart }))
  )
)

if (hasNative) {
  layer(Layer.scoped(Bench, makeBench()), { timeout: "60 seconds", excludeTestServices: true })(
    "audio and video of stock runners are within 20 ms",
    (it) => {
      for (const one of cases) {
        it.effect(
          titleOf(one),
          () => Effect.flatMap(Bench, ({ assertInSync }) => assertInSync({ ...one, isWatched: true })),
          120_000
        )
      }
    }
  )
} else {
  describe("audio and video of stock runners", () => {
    it("are within 20 ms", () => leftOut("the matrix of frame rates and starts"))
  })
}
