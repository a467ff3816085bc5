import { assert, it } from "@effect/vitest"
import { FileStorage, MediaFacts, MediaProbe } from "@runner-connector/core"
import { Cause, Effect } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import { startRtmpSource } from "../../../test/fixtures/RtmpSource.ts"
import * as FfmpegWasm from "../src/FfmpegWasm.ts"
import * as Ffprobe from "../src/Ffprobe.ts"

const streamKey = "test-stream-key"

const look = (address: string) =>
  Effect.gen(function* () {
    const { probe } = yield* MediaProbe.MediaProbe
    return yield* probe(FileStorage.MediaSource.Url({ url: new URL(address) }))
  })

if (nativeFfmpeg._tag === "Right") {
  it.scopedLive("reports the tracks of a live", () =>
    Effect.gen(function* () {
      const source = yield* Effect.acquireRelease(
        Effect.promise(() => startRtmpSource({})),
        (source) => Effect.promise(source.stop)
      )
      const summary = MediaFacts.summarize(yield* look(source.url))
      assert.deepInclude(summary, { width: 160, height: 90, fps: 25, hasVideo: true, hasAudio: true })
    }).pipe(Effect.provide(Ffprobe.layer))
  )

  it.live("refuses a silent live without exposing its URL", () =>
    Effect.gen(function* () {
      const cause = yield* Effect.flip(Effect.sandbox(look(`rtmp://127.0.0.1:1/live/${streamKey}`)))
      assert.match(Cause.pretty(cause), /The live stream sent no data/)
      assert.notInclude(Cause.pretty(cause, { renderErrorCause: true }) + JSON.stringify(cause), streamKey)
    }).pipe(Effect.provide(Ffprobe.layer))
  )
} else {
  console.warn(`LEFT OUT: lives before the native FFmpeg. ${nativeFfmpeg.left.message}`)
}

it.live("refuses lives with ffmpeg.wasm", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(look(`rtmp://127.0.0.1:1/live/${streamKey}`))
    assert.strictEqual(error._tag, "UnreadableMedia")
    assert.match(error.message, /cannot play live streams/)
  }).pipe(Effect.provide(FfmpegWasm.layer))
)
