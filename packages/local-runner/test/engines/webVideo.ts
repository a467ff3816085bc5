import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { fixture, quickest } from "../support/harness.ts"
import { completeJob, type Engine, type Given, inspect } from "../support/media.ts"

export const type = "vod-web-video-transcoding"

const completed = (engine: Engine, given: Given) =>
  Effect.flatMap(completeJob(engine, { type, ...given }), (job) => Effect.provide(inspect(job), quickest))

/** The names of an MP4's top-level boxes, in order. */
const boxes = (content: Buffer): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (let at = 0; at < content.length; at += content.readUInt32BE(at))
    names.push(content.toString("latin1", at + 4, at + 8))
  return names
}

export const webVideoCases = (engineName: string, engine: Engine): void => {
  describe(`web videos with ffmpeg (${engineName})`, { timeout: 300_000 }, () => {
    it.scopedLive("makes one file for progressive download", () =>
      Effect.gen(function* () {
        const made = yield* completed(engine, { source: fixture("moov-last.mp4") })
        expect(made.contentType).toBe("video/mp4")
        expect(made.name).toMatch(/^[0-9a-f-]{36}-120\.mp4$/)
        expect(boxes(made.content).filter((name) => name !== "free")).toEqual(["ftyp", "moov", "mdat"])
        expect(made.video).toMatchObject({ codec_name: "h264", width: 214, height: 120, pix_fmt: "yuv420p" })
        expect(made.video).toMatchObject({ avg_frame_rate: "24/1", sample_aspect_ratio: "1:1" })
        expect(made.audio).toMatchObject({ codec_name: "aac", channels: 1, sample_rate: "44100" })
        expect(made.report.streams).toHaveLength(2)
        expect(made.duration).toBeCloseTo(2, 0)
      })
    )

    it.scopedLive("reads separate audio", () =>
      Effect.gen(function* () {
        const made = yield* completed(engine, { source: fixture("portrait.mp4"), audio: fixture("audio.flac") })
        expect(made.video).toMatchObject({ width: 120, height: 214 })
        expect(made.audio).toMatchObject({ codec_name: "aac", channels: 1, sample_rate: "48000" })
      })
    )

    it.scopedLive("makes an audio-only file", () =>
      Effect.gen(function* () {
        const made = yield* completed(engine, { source: fixture("cover.mp3"), output: { resolution: 0, fps: 0 } })
        expect(made.report.streams.map(({ codec_name }) => codec_name)).toEqual(["aac"])
        expect(boxes(made.content).filter((name) => name !== "free")).toEqual(["ftyp", "moov", "mdat"])
        expect(made.duration).toBeCloseTo(2, 0)
      })
    )
  })
}
