import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, layer as withLayer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Cause, Effect, Exit, Fiber, type Layer } from "effect"
import { Ffmpeg, type FfmpegCommand, type FfmpegError, type FileNames } from "../src/index.ts"
import { endless } from "./endless.ts"
import { fixture, folder, until } from "./surroundings.ts"

const run = (command: FfmpegCommand) => Effect.flatMap(Ffmpeg, ({ ffmpeg }) => ffmpeg(command))

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0)

export const grows = (path: string) => {
  const before = sizeOf(path)
  return until("the file grows", () => sizeOf(path) > before)
}

const hls = (outputDirectory: string): FfmpegCommand => ({
  inputs: [{ path: fixture("moov-last.mp4") }],
  outputDirectory,
  arguments: ({ input, output }) => [
    ...["-i", input(0), "-vf", "scale=-2:90", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"],
    ...["-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
    ...["-hls_flags", "single_file", "-hls_segment_filename", output("video.mp4"), output("video.m3u8")]
  ]
})

/** The contract that both engines fulfil. */
export const engineCases = (engine: "native" | "wasm", layer: Layer.Layer<Ffmpeg, FfmpegError>): void =>
  withLayer(layer, { timeout: "5 minutes", excludeTestServices: true })(`Ffmpeg: ${engine}`, (it) => {
    it.scoped("reports its name and version", () =>
      Effect.gen(function* () {
        const { engine: name, version } = yield* Ffmpeg
        assert.strictEqual(name, engine)
        assert.match(version, /\d/)
      })
    )

    it.scoped("writes into a real folder and reports progress", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const heard: Array<number> = []
        yield* run({ ...hls(directory), onProgress: (seconds) => Effect.sync(() => heard.push(seconds)) })
        deepStrictEqual(readdirSync(directory).sort(), ["video.m3u8", "video.mp4"])
        assert.match(readFileSync(join(directory, "video.m3u8"), "utf8"), /^video\.mp4$/m)
        assert.closeTo(heard.at(-1) ?? 0, 2, 0.2)
        const { ffprobe } = yield* Ffmpeg
        const input = { path: join(directory, "video.mp4") }
        const report = JSON.stringify(yield* ffprobe({ input, arguments: ["-show_format", "-show_streams"] }))
        assert.match(report, /"height": ?90/)
        assert.match(report, /"codec_name": ?"aac"/)
      })
    )

    it.scoped("streams packets line by line", () =>
      Effect.gen(function* () {
        const { ffprobeLines } = yield* Ffmpeg
        const lines: Array<string> = []
        const command = {
          input: { path: fixture("moov-last.mp4") },
          arguments: ["-show_entries", "packet=stream_index"]
        }
        yield* ffprobeLines(command, (line) => lines.push(line))
        assert.strictEqual(lines.filter((line) => line.startsWith("0")).length, 48)
      })
    )

    it.scoped("reports the cause of a failure", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const wrong = { ...hls(directory), arguments: () => ["-i", "there is no such input", "-f", "null", "-"] }
        const failure = yield* Effect.flip(run(wrong))
        assert.strictEqual(failure._tag, "FfmpegFailed")
        assert.match(failure.message, /No such file/)
        const { ffprobe } = yield* Ffmpeg
        const input = { path: fixture("noise.mp4") }
        const refusal = yield* Effect.flip(ffprobe({ input, arguments: ["-show_format"] }))
        assert.match(refusal.message, /Invalid data/)
      })
    )

    it.scoped("distinguishes a missing input from invalid media", () =>
      Effect.gen(function* () {
        const inputs = [{ path: fixture("nothing.mp4") }]
        const failure = yield* Effect.flip(run({ inputs, arguments: () => [] }))
        assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "source")
      })
    )

    it.scoped("stops at its time limit", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(run({ ...endless(yield* folder), timeout: "500 millis" }))
        assert.isTrue(failure._tag === "FfmpegError" && failure.reason === "timeout")
      })
    )

    it.scoped("stops on interruption, and then writes nothing", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const running = yield* Effect.fork(run(endless(directory)))
        yield* grows(join(directory, "endless.raw"))
        yield* Fiber.interrupt(running)
        const size = sizeOf(join(directory, "endless.raw"))
        yield* run(hls(directory))
        assert.strictEqual(sizeOf(join(directory, "endless.raw")), size)
      })
    )

    it.scoped("calls a slow listener once and interrupts it at the end of the call", () =>
      Effect.gen(function* () {
        const heard: Array<string> = []
        const slow = () =>
          Effect.sync(() => heard.push("called")).pipe(
            Effect.zipRight(Effect.never),
            Effect.onInterrupt(() => Effect.sync(() => heard.push("interrupted")))
          )
        const directory = yield* folder
        const command = endless(directory)
        const often = (names: FileNames) => ["-stats_period", "0.1", ...command.arguments(names)]
        const running = yield* Effect.fork(run({ ...command, arguments: often, onProgress: slow }))
        yield* until("the listener is called", () => heard.length > 0)
        // Each frame is a report later than the last one.
        yield* Effect.repeatN(grows(join(directory, "endless.raw")), 20)
        yield* Fiber.interrupt(running)
        assert.deepStrictEqual(heard, ["called", "interrupted"])
      })
    )

    it.scoped("writes only to the output folder", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        for (const name of ["../out.mp4", "/out.mp4", "a/b.mp4", "..", ""]) {
          const exit = yield* Effect.exit(run({ ...hls(directory), arguments: ({ output }) => [output(name)] }))
          assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause), name)
        }
      })
    )

    it.scoped("reads a picture by its literal name, not as a pattern", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        writeFileSync(join(directory, "photo-1.jpg"), readFileSync(fixture("picture.jpg")))
        writeFileSync(join(directory, "photo-%d.jpg"), "nothing")
        const { ffprobe } = yield* Ffmpeg
        const look = (name: string) => ffprobe({ input: { path: join(directory, name) }, arguments: ["-show_streams"] })
        assert.match(JSON.stringify(yield* look("photo-1.jpg")), /mjpeg/)
        assert.strictEqual((yield* Effect.flip(look("photo-%d.jpg")))._tag, "FfmpegFailed")
      })
    )

    it.scoped("allows an additional demuxer for an input that requests it", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const path = join(directory, "list.txt")
        writeFileSync(path, "1\n00:00:00,500 --> 00:00:01,500\nHello\n")
        const { ffprobe } = yield* Ffmpeg
        const look = (input: { path: string; demuxers?: ReadonlyArray<string> }) =>
          ffprobe({ input, arguments: ["-show_streams"] })
        assert.strictEqual((yield* Effect.flip(look({ path })))._tag, "FfmpegFailed")
        assert.match(JSON.stringify(yield* look({ path, demuxers: ["srt"] })), /subrip/)
      })
    )
  })
