import type { ChildProcess } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { isRunning } from "../../../test/fixtures/isRunning.ts"
import { spawnScript } from "../../../test/fixtures/spawnScript.ts"
import { Ffmpeg, type FfmpegCommand, WasmFfmpeg } from "../src/index.ts"
import * as WasmCore from "../src/wasm/WasmCore.ts"
import * as WasmProcess from "../src/wasm/WasmProcess.ts"
import * as WasmProcesses from "../src/wasm/WasmProcesses.ts"
import { endless } from "./endless.ts"
import { engineCases, grows } from "./engine.ts"
import { fixture, folder, until, wasmProcesses } from "./surroundings.ts"

engineCases("wasm", WasmFfmpeg.layer)

/** The encoder's own tables overrun the memory of the core and cause a real crash. */
const crashing: FfmpegCommand = {
  inputs: [],
  arguments: () => [
    ...["-f", "lavfi", "-i", "testsrc2=size=1280x720:duration=1", "-frames:v", "3"],
    ...["-c:v", "mjpeg", "-huffman", "optimal", "-trellis", "2", "-f", "null", "-"]
  ]
}

it.scopedLive("fails only the call whose core crashes", () =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const directory = yield* folder
    const other = yield* Effect.fork(ffmpeg(endless(directory)))
    yield* grows(`${directory}/endless.raw`)
    const failure = yield* Effect.flip(ffmpeg(crashing))
    assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "crash")
    yield* grows(`${directory}/endless.raw`)
    yield* Fiber.interrupt(other)
  }).pipe(Effect.provide(WasmFfmpeg.layer))
)

it.scopedLive("fails only the call whose process dies", () =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const directory = yield* folder
    const before = wasmProcesses(process.pid)
    const call = yield* Effect.fork(ffmpeg(endless(directory)))
    yield* grows(`${directory}/endless.raw`)
    for (const pid of wasmProcesses(process.pid)) if (!before.includes(pid)) process.kill(pid, "SIGABRT")
    const failure = yield* Effect.flip(Fiber.join(call))
    assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "crash")
    assert.match(failure.message, /SIGABRT/)
  }).pipe(Effect.provide(WasmFfmpeg.layer))
)

it.scopedLive("uses a process again, and ends it with the layer", () =>
  Effect.gen(function* () {
    const before = wasmProcesses(process.pid)
    const started = () => wasmProcesses(process.pid).filter((pid) => !before.includes(pid))
    const used = yield* Effect.gen(function* () {
      const { ffprobe } = yield* Ffmpeg
      const look = ffprobe({ input: { path: fixture("moov-last.mp4") }, arguments: ["-show_format"] })
      yield* look
      const first = started()
      yield* look
      assert.deepStrictEqual(started(), first)
      return first
    }).pipe(Effect.provide(Layer.fresh(WasmFfmpeg.layer)))
    assert.lengthOf(used, 1)
    assert.deepStrictEqual(started(), [])
  })
)

it.scopedLive("leaves no listeners of a call on a process that is used again", () =>
  Effect.gen(function* () {
    const core = yield* WasmCore.load((yield* WasmCore.find).coreUrl)
    const processes = yield* WasmProcesses.make
    const used: Array<ChildProcess> = []
    const take = (...args: Parameters<typeof processes.take>) => {
      const child = processes.take(...args)
      used.push(child)
      return child
    }
    const listeners: Array<ReadonlyArray<number>> = []
    for (let call = 0; call < 3; call += 1) {
      yield* Effect.scoped(WasmProcess.make(core, { ...processes, take }))
      const [child] = used
      assert.isDefined(child)
      listeners.push(["message", "exit", "error"].map((event) => child.listenerCount(event)))
    }
    assert.deepStrictEqual(new Set(used).size, 1)
    assert.deepStrictEqual(listeners, [listeners[0], listeners[0], listeners[0]])
  })
)

it.scopedLive("leaves no process behind when the host is killed", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const host = yield* spawnScript(new URL("./programs/endless.ts", import.meta.url), directory)
    yield* grows(`${directory}/endless.raw`)
    const started = wasmProcesses(host.pid ?? 0)
    assert.lengthOf(started, 1)
    host.kill("SIGKILL")
    yield* until("its process has ended", () => started.every((pid) => !isRunning(pid)))
  })
)

/** Serves one fixture with Range requests. */
const server = Effect.acquireRelease(
  Effect.async<{ url: URL; close: () => void }>((resume) => {
    const bytes = readFileSync(fixture("faststart.mp4"))
    const http = createServer((request, response) => {
      const [, first = "0", last = ""] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? []
      const part = bytes.subarray(Number(first), Number(last) + 1)
      const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`
      response.writeHead(206, { "content-range": range }).end(part)
    })
    http.listen(0, "127.0.0.1", () => {
      const url = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/video.mp4`)
      resume(Effect.succeed({ url, close: () => http.close() }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

it.scopedLive("reads an address through this process and writes directly to disk", () =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const outputDirectory = yield* folder
    const { url } = yield* server
    yield* ffmpeg({
      inputs: [{ url }],
      outputDirectory,
      arguments: ({ input, output }) => ["-i", input(0), "-f", "rawvideo", output("video.raw")]
    })
    assert.strictEqual(statSync(join(outputDirectory, "video.raw")).size, 320 * 180 * 1.5 * 24 * 2)
  }).pipe(Effect.provide(WasmFfmpeg.layer))
)

it.scopedLive("rejects live streams", () =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const input = { live: new URL("rtmp://127.0.0.1/live/test-stream-key") }
    const failure = yield* Effect.flip(ffprobe({ input, arguments: ["-show_streams"] }))
    assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "source")
    assert.match(failure.message, /cannot play live streams$/)
  }).pipe(Effect.provide(WasmFfmpeg.layer))
)
