import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { judgeProgram } from "../src/judge.ts"
import * as LogTail from "../src/LogTail.ts"
import { parseProgress, reporter } from "../src/progress.ts"
import { allowedDemuxers, liveDemuxers } from "../src/untrustedDemuxers.ts"

describe("LogTail", () => {
  it("keeps the last twenty lines and the unfinished line", () => {
    const log = LogTail.make()
    for (let n = 0; n < 1000; n++) log.push(`line ${n}\r`)
    log.push("half ")
    log.push("a line")
    assert.strictEqual(log.lines().length, 20)
    assert.strictEqual(log.lines().at(-2), "line 999")
    assert.strictEqual(log.lines().at(-1), "half a line")
  })

  it("limits the length of a line", () => {
    const log = LogTail.make()
    for (let n = 0; n < 1000; n++) log.push("x".repeat(1000))
    assert.strictEqual(log.lines().join("").length, 500)
  })
})

describe("a full disk", () => {
  const judge = (exitCode: number, ...log: ReadonlyArray<string>) =>
    Effect.map(Effect.either(judgeProgram("ffmpeg", { exitCode, stdout: "", log }, false)), (result) =>
      result._tag === "Right" ? "success" : result.left._tag
    )

  it.effect("is the fault of the machine, also when FFmpeg ends with 0", () =>
    Effect.gen(function* () {
      const line = "Error writing trailer of out.mp4: No space left on device"
      deepStrictEqual([yield* judge(0, line, "done"), yield* judge(1, line)], ["FfmpegError", "FfmpegError"])
      assert.strictEqual(yield* judge(1, "Invalid data found"), "FfmpegFailed")
    })
  )

  it.effect("is not believed from the tags of an input", () =>
    Effect.map(judge(0, "    title           : No space left on device"), (found) =>
      assert.strictEqual(found, "success")
    )
  )
})

describe("progress", () => {
  it("returns the newest time in seconds", () => {
    assert.strictEqual(parseProgress("frame=1\nout_time_us=1000000\nprogress=continue\nout_time_us=2500000\n"), 2.5)
    assert.isUndefined(parseProgress("out_time_us=N/A\nprogress=continue\n"))
    assert.isUndefined(parseProgress("out_time_us=-9223372036854775807\n"))
  })

  it.scoped("skips reports while the listener is busy, but delivers the last one", () =>
    Effect.gen(function* () {
      const heard: Array<number> = []
      const { finish, push } = yield* reporter((seconds) => Effect.sync(() => heard.push(seconds)))
      for (let n = 1; n <= 100; n++) push(`out_time_us=${n}000000\n`)
      yield* finish
      assert.strictEqual(heard.at(-1), 100)
      assert.isBelow(heard.length, 100)
    })
  )
})

describe("untrusted demuxers", () => {
  it("excludes demuxers that open other files or accept text and raw bytes", () => {
    const allowed = new Set(allowedDemuxers("file:/videos/video.mp4"))
    for (const name of "hls concat dash sdp rtsp rtp imf svg_pipe lavfi tty ass srt webvtt rawvideo s16le".split(" ")) {
      assert.isFalse(allowed.has(name), name)
    }
    assert.isTrue(["mov", "matroska", "mp3", "mpegts", "png_pipe"].every((name) => allowed.has(name)))
  })

  it("allows only the RTMP container for live streams", () => {
    assert.deepStrictEqual(liveDemuxers, ["flv", "live_flv"])
    assert.deepStrictEqual(allowedDemuxers("file:/photo-*.jpg", ["srt"]).slice(-2), ["xwd_pipe", "srt"])
  })

  it("allows image2 only for names without a pattern", () => {
    assert.include(allowedDemuxers("file:/photo.jpg"), "image2")
    for (const name of ["/photo-%03d.jpg", "/photo-*.jpg", "/photo-{1,2}.jpg", "/drawing.svg"]) {
      assert.notInclude(allowedDemuxers(name), "image2")
    }
  })
})
