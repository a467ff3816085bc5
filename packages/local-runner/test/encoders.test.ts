import { spawnSync } from "node:child_process"
import { describe, expect, it } from "@effect/vitest"
import { Ffmpeg, FfmpegFailed } from "@runner-connector/ffmpeg"
import { Context, Effect, Layer, Logger } from "effect"
import { nativeFfmpeg } from "../../../test/fixtures/nativeFfmpeg.ts"
import { LocalRunner } from "../src/index.ts"
import { type HardwareName, hardware } from "../src/jobs/encoder/hardware.ts"
import { testArguments } from "../src/jobs/encoder/selectEncoder.ts"
import { encoderArguments } from "../src/jobs/encoder/VideoEncoder.ts"
import { fakeFfmpeg, startRunner, testServer, until } from "./support/harness.ts"

const hardwareNames = LocalRunner.encoderNames.filter((name): name is HardwareName => name !== "libx264")

const coding = { fps: 25, limit: { maxrate: 1_000_000, bufsize: 2_000_000 } }

/** The value of an option of the first video stream. */
const valueOf = (args: ReadonlyArray<string>, name: string): string | undefined => args[args.indexOf(`-${name}:v`) + 1]

/** Job types that encode video, and the output that they request. */
const jobs = ["vod-hls-transcoding", "vod-web-video-transcoding", "vod-audio-merge-transcoding"] as const

/** Runs a job with this encoder and an ffmpeg that only records its command. */
const commandOf = (type: (typeof jobs)[number], encoder: LocalRunner.VideoEncoder) =>
  Effect.gen(function* () {
    const commands: Array<ReadonlyArray<string>> = []
    const recording = fakeFfmpeg((command, write) => {
      commands.push(command.arguments({ input: (n) => `input-${n}`, output: (name) => name }))
      return write("made")
    })
    const server = yield* testServer
    const files = { video: Buffer.from("v"), audio: Buffer.from("a"), preview: Buffer.from("p") }
    const job = server.addJob({ type, files }, (url) => ({
      input: { videoFileUrl: url("video"), audioFileUrl: url("audio"), previewFileUrl: url("preview") },
      output: { resolution: 120, fps: 24 }
    }))
    yield* startRunner(server, recording, { encoder })
    yield* until("the job has ended", () => job.state === "Completed" || job.state === "Errored")
    expect(job.messages).toEqual([])
    const command = commands.find((args) => args.some((argument) => argument.startsWith("-c:v")))
    if (command === undefined) throw new Error(`no command encodes video: ${commands.map((args) => args.join(" "))}`)
    return command
  })

describe.each(hardwareNames)("the command of %s", (name) => {
  const encoder = hardware(name, undefined)

  it("limits the bitrate and forces a key frame every two seconds", () => {
    const args = encoderArguments(encoder, coding)
    expect(args.slice(0, 2)).toEqual(["-c:v", name])
    expect(valueOf(args, "maxrate")).toBe("1000000")
    expect(valueOf(args, "bufsize")).toBe("2000000")
    expect(valueOf(args, "g")).toBe("50")
    expect(valueOf(args, "force_key_frames")).toBe("expr:gte(t,n_forced*2)")
    expect(valueOf(args, "bf")).toBe("0")
    expect(args.filter((argument) => /^-(crf|tune|b-pyramid)/.test(argument))).toEqual([])
    const average = name === "h264_nvenc" ? "0" : "750000"
    expect(valueOf(args, "b")).toBe(average)
  })

  it.scopedLive.each(jobs)("opens its device first and uploads the frames last in %s", (type) =>
    Effect.gen(function* () {
      const args = yield* commandOf(type, encoder)
      expect(args.slice(0, encoder.device.length)).toEqual(encoder.device)
      expect(args[args.indexOf("-vf") + 1]?.endsWith(encoder.filters.join(","))).toBe(true)
      expect(args).toContain(name)
      expect(args.filter((argument) => /libx264|^-(crf|tune|b-pyramid)/.test(argument))).toEqual([])
    })
  )
})

it("chooses the device", () => {
  expect(encoderArguments(hardware("h264_nvenc", "1"), coding)).toContain("-gpu:v")
  expect(hardware("h264_vaapi", "/dev/dri/renderD129").device).toEqual(["-vaapi_device", "/dev/dri/renderD129"])
  expect(hardware("h264_qsv", "/dev/dri/renderD129").device).toEqual([
    "-init_hw_device",
    "qsv=hw,child_device=/dev/dri/renderD129"
  ])
})

describe("the selection", () => {
  const select = (name: LocalRunner.EncoderName, ffmpeg: Layer.Layer<Ffmpeg>) => {
    const logs: Array<string> = []
    const logger = Logger.replace(
      Logger.defaultLogger,
      Logger.make((entry) => void logs.push(`${Logger.logfmtLogger.log(entry)}`))
    )
    return LocalRunner.selectEncoder({ name }).pipe(
      Effect.provide([ffmpeg, logger]),
      Effect.map((encoder) => ({ encoder, logs }))
    )
  }

  it.effect("tests an encoder once and uses it", () =>
    Effect.gen(function* () {
      const commands: Array<ReadonlyArray<string>> = []
      const engine = fakeFfmpeg((command) =>
        Effect.sync(() => commands.push(command.arguments({ input: String, output: String })))
      )
      const { encoder, logs } = yield* select("h264_vaapi", engine)
      expect([encoder.name, logs]).toEqual(["h264_vaapi", []])
      expect(commands).toEqual([testArguments(encoder)])
    })
  )

  it.effect("falls back to libx264 with the reason of FFmpeg", () =>
    Effect.gen(function* () {
      const log = ["Cannot load libcuda.so.1", "Conversion failed!"]
      const failing = fakeFfmpeg(() => Effect.fail(new FfmpegFailed({ program: "ffmpeg", exitCode: 1, log })))
      const { encoder, logs } = yield* select("h264_nvenc", failing)
      expect(encoder.name).toBe("libx264")
      expect(logs.join()).toMatch(/WARN.*h264_nvenc does not work here, so libx264 is used.*Cannot load libcuda/)
    })
  )

  it.effect("falls back with ffmpeg.wasm without trying", () =>
    Effect.gen(function* () {
      const engine = fakeFfmpeg(() => Effect.dieMessage("an encoder was tried"))
      const wasm = Layer.map(engine, (context) =>
        Context.make(Ffmpeg, { ...Context.get(context, Ffmpeg), engine: "wasm" })
      )
      const { encoder, logs } = yield* select("h264_qsv", wasm)
      expect(encoder.name).toBe("libx264")
      expect(logs.join()).toMatch(/install FFmpeg/)
    })
  )
})

/** The hardware encoders that the installed FFmpeg was built with, and their options. */
const helpOf = (name: string): string =>
  spawnSync("ffmpeg", ["-hide_banner", "-h", `encoder=${name}`]).stdout.toString()

/** Options that FFmpeg has for every encoder. */
const general = new Set(["c", "b", "bf", "g", "maxrate", "bufsize", "profile", "pix_fmt", "force_key_frames"])

if (nativeFfmpeg._tag === "Right") {
  const native = nativeFfmpeg.right
  const built = hardwareNames.filter((name) => helpOf(name).startsWith("Encoder "))
  it.each(built)("the installed FFmpeg knows every option of %s", (name) => {
    const text = helpOf(name)
    const own = Object.keys(hardware(name, "0").options(coding)).filter((option) => !general.has(option))
    expect(own.filter((option) => !text.includes(`  -${option} `))).toEqual([])
  })
  it.live("an encoder that FFmpeg was built without falls back", () =>
    Effect.gen(function* () {
      const without = hardwareNames.filter((name) => !built.includes(name))
      const chosen = yield* Effect.forEach(without, (name) => LocalRunner.selectEncoder({ name }))
      expect(chosen.map(({ name }) => name)).toEqual(without.map(() => "libx264"))
    }).pipe(Effect.provide(Layer.succeedContext(native)))
  )
} else {
  console.warn(`LEFT OUT: the options of hardware encoders. ${nativeFfmpeg.left.message}`)
}
