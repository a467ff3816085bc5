import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Fiber, Layer, Logger } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import { startRtmpSource } from "../../../test/fixtures/RtmpSource.ts"
import { AutoFfmpeg, Ffmpeg, type FfmpegError, NativeFfmpeg } from "../src/index.ts"
import { endless } from "./endless.ts"
import { engineCases, grows } from "./engine.ts"
import { ffmpegProcesses, folder, until, withPath } from "./surroundings.ts"

const rtmpSource = Effect.acquireRelease(
  Effect.promise(() => startRtmpSource({ seconds: 2 })),
  (source) => Effect.promise(source.stop)
)

/** Builds both auto layers together. Returns their engines and the log messages. */
const buildBoth = Effect.gen(function* () {
  const logged: Array<string> = []
  const logger = Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ message }) => void logged.push(String(message)))
  )
  const named = (name: string, layer: Layer.Layer<Ffmpeg, FfmpegError>) => {
    const tag = Context.GenericTag<Context.Tag.Service<Ffmpeg>>(name)
    return { tag, layer: Layer.project(layer, Ffmpeg, tag, (engine) => engine) }
  }
  const [shared, apart] = [named("shared", AutoFfmpeg.layer), named("apart", AutoFfmpeg.layerApart)]
  const built = yield* Layer.build(Layer.provide(Layer.merge(shared.layer, apart.layer), logger))
  const engines = [Context.get(built, shared.tag), Context.get(built, apart.tag)] as const
  return {
    engines: engines.map(({ engine }) => engine),
    same: engines[0].ffmpeg === engines[1].ffmpeg,
    logged: logged.join("\n")
  }
})

if (nativeFfmpeg._tag === "Right") {
  const { right: native } = nativeFfmpeg
  engineCases("native", NativeFfmpeg.layer)

  const full = "/dev/full"
  if (existsSync(full)) {
    it.live("fails when the end of the output does not fit on the disk", () =>
      Effect.gen(function* () {
        const { ffmpeg } = yield* Ffmpeg
        const source = ["-f", "lavfi", "-i", "color=size=16x16:rate=5:duration=1"]
        const failure = yield* Effect.flip(ffmpeg({ inputs: [], arguments: () => [...source, "-f", "framecrc", full] }))
        assert.isTrue(failure._tag === "FfmpegError" && failure.message.includes("No space left on device"))
      }).pipe(Effect.provide(native))
    )
  } else {
    console.warn(`LEFT OUT: a full disk. This system has no ${full}.`)
  }

  it.scopedLive("fails only the call of a killed process", () =>
    Effect.gen(function* () {
      const { ffmpeg } = yield* Ffmpeg
      const [first, second] = [yield* folder, yield* folder]
      const victim = yield* Effect.fork(Effect.flip(ffmpeg(endless(first))))
      yield* grows(`${first}/endless.raw`)
      const [pid] = ffmpegProcesses()
      const other = yield* Effect.fork(ffmpeg(endless(second)))
      yield* grows(`${second}/endless.raw`)
      process.kill(pid ?? Number.NaN, "SIGKILL")
      const failure = yield* Fiber.join(victim)
      assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "crash")
      yield* grows(`${second}/endless.raw`)
      yield* Fiber.interrupt(other)
      yield* until("ffmpeg has ended", () => ffmpegProcesses().length === 0)
    }).pipe(Effect.provide(native))
  )

  it.scopedLive("plays a live stream and treats a closed connection as its end", () =>
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
    }).pipe(Effect.provide(native))
  )

  it.scopedLive("rejects live addresses without RTMP and hides the stream key", () =>
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
    }).pipe(Effect.provide(native))
  )

  it.scopedLive("auto uses the native programs only if both are present", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Ffmpeg).engine, "native")
    }).pipe(Effect.provide(AutoFfmpeg.layer))
  )
} else {
  console.warn(`LEFT OUT: everything of the native FFmpeg. ${nativeFfmpeg.left.message}`)
}

it.scopedLive("without programs on PATH, native fails and auto uses wasm", () =>
  Effect.gen(function* () {
    const empty = yield* folder
    const missing = yield* Effect.flip(withPath(empty, Layer.build(NativeFfmpeg.layer)))
    assert.strictEqual(missing.reason, "missing")
    assert.match(missing.message, /install/)
    const auto = yield* withPath(empty, buildBoth)
    deepStrictEqual(auto.engines, ["wasm", "wasm"])
    assert.isFalse(auto.same)
    assert.match(auto.logged, /^Using ffmpeg\.wasm \(.*\)$/)
    deepStrictEqual(readdirSync(empty), [])
  })
)

it.scopedLive("looks up the native programs once for layer and layerApart", () =>
  Effect.gen(function* () {
    const programs = yield* folder
    for (const name of ["ffmpeg", "ffprobe"]) {
      writeFileSync(join(programs, name), `#!/bin/sh\necho >> "$0.calls"\necho "${name} version 7.0"\n`, {
        mode: 0o755
      })
    }
    const auto = yield* withPath(programs, buildBoth)
    deepStrictEqual(auto.engines, ["native", "native"])
    assert.strictEqual(auto.logged, "Using FFmpeg 7.0")
    const calls = ["ffmpeg.calls", "ffprobe.calls"].map((name) => readFileSync(join(programs, name), "utf8"))
    deepStrictEqual(calls, ["\n", "\n"])
  })
)
