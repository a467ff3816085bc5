import { readdirSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Fiber, Layer } from "effect"
import { startRtmpSource } from "../../../test/fixtures/RtmpSource.ts"
import { AutoFfmpeg, Ffmpeg, NativeFfmpeg } from "../src/index.ts"
import { endless, engineCases, grows } from "./engine.ts"
import { ffmpegProcesses, folder, until, withPath } from "./surroundings.ts"

const rtmpSource = Effect.acquireRelease(
  Effect.promise(() => startRtmpSource({ seconds: 2 })),
  (source) => Effect.promise(source.stop)
)

const found = await Effect.runPromise(Effect.either(Effect.scoped(Layer.build(NativeFfmpeg.layer))))

if (found._tag === "Right") {
  engineCases("native", NativeFfmpeg.layer)

  it.scopedLive("a killed process fails its own call only", () =>
    Effect.gen(function* () {
      const { ffmpeg } = yield* Ffmpeg
      const [first, second] = [yield* folder, yield* folder]
      const victim = yield* Effect.fork(Effect.flip(ffmpeg(endless(first))))
      yield* grows(`${first}/endless.raw`)
      const [pid] = ffmpegProcesses()
      const other = yield* Effect.fork(ffmpeg(endless(second)))
      yield* grows(`${second}/endless.raw`)
      process.kill(pid ?? 0, "SIGKILL")
      const failure = yield* Fiber.join(victim)
      assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "crash")
      yield* grows(`${second}/endless.raw`)
      yield* Fiber.interrupt(other)
      yield* until(Effect.sync(() => ffmpegProcesses().length === 0))
    }).pipe(Effect.provide(NativeFfmpeg.layer))
  )

  it.scopedLive("plays a live until it breaks off, which is no failure", () =>
    Effect.gen(function* () {
      const source = yield* rtmpSource
      const directory = yield* folder
      const { ffmpeg, ffprobe } = yield* Ffmpeg
      const input = { live: new URL(source.url) }
      const report = JSON.stringify(yield* ffprobe({ input, arguments: ["-show_streams"] }))
      assert.match(report, /"h264".*"aac"/)
      const copy = { inputs: [input], outputDirectory: directory }
      const { log } = yield* ffmpeg({
        ...copy,
        arguments: ({ input, output }) => ["-loglevel", "warning", "-i", input(0), "-c", "copy", output("live.mkv")]
      })
      assert.match(log.join(), /Input\/output error/)
      assert.notInclude(log.join(), "test-stream-key")
      assert.match(
        JSON.stringify(yield* ffprobe({ input: { path: `${directory}/live.mkv` }, arguments: ["-show_streams"] })),
        /"h264"/
      )
    }).pipe(Effect.provide(NativeFfmpeg.layer))
  )

  it.scopedLive("opens no other address as a live, and says nothing of its key", () =>
    Effect.gen(function* () {
      const { ffprobe } = yield* Ffmpeg
      const look = (address: string) =>
        Effect.flip(ffprobe({ input: { live: new URL(address) }, arguments: ["-show_streams"] }))
      for (const address of ["http://127.0.0.1:1/live", "file:///etc/passwd", "concat:/etc/passwd"]) {
        const failure = yield* look(address)
        assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "source", address)
      }
      const failure = yield* look("rtmp://127.0.0.1:1/live/test-stream-key")
      assert.match(JSON.stringify(failure), /Connection refused/)
      assert.notInclude(JSON.stringify(failure), "test-stream-key")
    }).pipe(Effect.provide(NativeFfmpeg.layer))
  )

  it.scopedLive("auto takes the native programs, both or none", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Ffmpeg).engine, "native")
    }).pipe(Effect.provide(AutoFfmpeg.layer))
  )
} else {
  console.warn(`LEFT OUT: everything of the native FFmpeg. ${found.left.message}`)
}

it.scopedLive("without programs on PATH, native fails and auto takes wasm", () =>
  Effect.gen(function* () {
    const empty = yield* folder
    const missing = yield* Effect.flip(withPath(empty, Layer.build(NativeFfmpeg.layer)))
    assert.strictEqual(missing.reason, "missing")
    assert.match(missing.message, /install/)
    const auto = yield* withPath(empty, Layer.build(AutoFfmpeg.layer))
    assert.strictEqual((yield* Effect.provide(Ffmpeg, auto)).engine, "wasm")
    deepStrictEqual(readdirSync(empty), [])
  })
)
