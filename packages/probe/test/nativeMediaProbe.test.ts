import { assert, it } from "@effect/vitest"
import { mediaProbeContract, mediaRemuxerContract, remoteMediaProbeContract } from "@runner-connector/contracts"
import { Effect, Layer } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as Ffprobe from "../src/Ffprobe.ts"

if (nativeFfmpeg._tag === "Right") {
  mediaProbeContract("native", Ffprobe.layer)
  mediaRemuxerContract("native", Ffprobe.layer)
  remoteMediaProbeContract("native", Ffprobe.layerWith)
} else {
  console.warn(`LEFT OUT: the MediaProbe contract with the native FFmpeg. ${nativeFfmpeg.left.message}`)

  it.scoped("names the programs to install without native FFmpeg", () =>
    Effect.gen(function* () {
      const missing = yield* Effect.flip(Layer.build(Ffprobe.layer))
      assert.strictEqual(missing.reason, "missing")
      assert.match(missing.message, /install FFmpeg/)
    })
  )
}
