import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import {
  type CutSample,
  mediaCutterContract,
  mediaProbeContract,
  mediaRemuxerContract,
  remoteMediaCutterContract,
  remoteMediaProbeContract
} from "@runner-connector/contracts"
import { Effect, Layer, type Scope } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import * as Ffprobe from "../src/Ffprobe.ts"
import { closed, filmWithSound, makeFolder } from "./support/films.ts"

const makeFilm: Effect.Effect<CutSample, never, Scope.Scope> = Effect.gen(function* () {
  const { folder } = yield* Effect.acquireRelease(Effect.sync(makeFolder), ({ remove }) => Effect.sync(remove))
  const path = filmWithSound(join(folder, "film.mp4"), 12, ...closed.h264)
  return { ...{ path, track: 0, codec: "h264" }, pictures: 300, duration: 12, audio: 1 }
})

if (nativeFfmpeg._tag === "Right") {
  mediaProbeContract("native", Ffprobe.layer)
  mediaRemuxerContract("native", Ffprobe.layer)
  mediaCutterContract("native", Ffprobe.layer, makeFilm)
  remoteMediaCutterContract("native", Ffprobe.layer)
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
