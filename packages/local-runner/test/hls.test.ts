import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { completed, durations, hlsCases, transcode } from "./engines/hls.ts"
import { fixture, quickest, quickestName } from "./support/harness.ts"

hlsCases(quickestName, quickest)

describe("the inputs of HLS", { timeout: 300_000 }, () => {
  it.scopedLive("makes a video without audio when audio is separated", () =>
    Effect.gen(function* () {
      const output = { separatedAudio: true }
      const { report } = yield* completed(quickest, fixture("moov-last.mp4"), output, fixture("audio.m4a"))
      expect(report.streams.map(({ codec_type }) => codec_type)).toEqual(["video"])
    })
  )

  it.scopedLive("reads separate audio", () =>
    Effect.gen(function* () {
      const { audio, video } = yield* completed(quickest, fixture("portrait.mp4"), {}, fixture("audio.flac"))
      expect(video).toMatchObject({ width: 120, height: 214 })
      expect(audio).toMatchObject({ codec_name: "aac", channels: 1, sample_rate: "48000" })
    })
  )

  it.scopedLive("reads the audio of a file with a cover", () =>
    Effect.gen(function* () {
      const { report } = yield* completed(quickest, fixture("cover.mp3"), { resolution: 0, fps: 0 })
      expect(report.streams.map(({ codec_name }) => codec_name)).toEqual(["aac"])
    })
  )

  it.scopedLive("holds the last frame until the audio ends", () =>
    Effect.gen(function* () {
      const { playlist } = yield* completed(quickest, fixture("audio-longer.mp4"))
      expect(durations(playlist)).toEqual([expect.closeTo(4, 0)])
    })
  )

  for (const [file, width, height] of [
    ["rotated.mp4", 120, 214],
    ["anamorphic.mp4", 214, 120],
    ["odd-size.webm", 212, 120],
    ["vfr.mp4", 214, 120],
    ["broadcast.ts", 214, 120],
    ["no-duration.mkv", 214, 120]
  ] as const) {
    it.scopedLive(`displays ${file} correctly`, () =>
      Effect.gen(function* () {
        const { duration, video } = yield* completed(quickest, fixture(file))
        expect(video).toMatchObject({ width, height, sample_aspect_ratio: "1:1", avg_frame_rate: "24/1" })
        expect(duration).toBeCloseTo(2, 0)
      })
    )
  }

  it.scopedLive("reports a missing stream", () =>
    Effect.gen(function* () {
      const mute = yield* transcode(quickest, fixture("portrait.mp4"), { resolution: 0, fps: 0 })
      expect(mute.messages).toEqual(["The source has no audio stream"])
      const blind = yield* transcode(quickest, fixture("audio.mp3"))
      expect(blind.messages).toEqual(["The source has no video stream"])
    })
  )
})
