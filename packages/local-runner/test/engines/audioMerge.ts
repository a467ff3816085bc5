import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { fixture, quickest, temporaryFolder } from "../support/harness.ts"
import { completeJob, type Engine, inspect, makeFile, picturesOf } from "../support/media.ts"

export const given = (preview: string, audio: string, output: object = {}) => ({
  type: "vod-audio-merge-transcoding",
  files: { "preview.jpg": preview, "audio.bin": audio },
  payloadOf: (url: (file: string) => string) => ({
    input: { audioFileUrl: url("audio.bin"), previewFileUrl: url("preview.jpg") },
    output: { resolution: 120, fps: 10, ...output }
  })
})

const merged = (engine: Engine, ...args: Parameters<typeof given>) =>
  Effect.flatMap(completeJob(engine, given(...args)), (job) => Effect.provide(inspect(job), quickest))

/** Makes a picture of one color. */
const picture = (name: string, size: string) =>
  Effect.flatMap(temporaryFolder, (folder) =>
    makeFile(
      folder,
      name,
      "-f",
      "lavfi",
      "-i",
      `color=c=0x00c000:s=64x64,scale=${size.replace("x", ":")},setsar=1`,
      "-frames:v",
      "1",
      "-huffman",
      "default"
    )
  )

/**
 * Merges a green picture with audio. Returns the result and the color at the edge of its first frame. Asserts that the
 * middle is green.
 */
export const greenPicture = (engine: Engine, size: string) =>
  Effect.gen(function* () {
    const preview = yield* Effect.provide(picture("preview.jpg", size), quickest)
    const made = yield* merged(engine, preview, fixture("audio.ogg"), { fps: 1 })
    const [first] = yield* Effect.provide(picturesOf(made, 1), quickest)
    const { height = 0, width = 0 } = made.video ?? {}
    const [red = 255, green = 0, blue = 255] = first?.(width / 2, height / 2) ?? []
    expect(green).toBeGreaterThan(170)
    expect(Math.max(red, blue)).toBeLessThan(20)
    const [, edge = 0] = first?.(2, 2) ?? []
    return { video: made.video, edge }
  })

/** The Exif segment of a photograph taken with the camera turned to the right. */
const turned = Buffer.from(
  "ffe10022457869660000" + "4d4d002a00000008" + "0001" + "011200030000000100060000" + "00000000",
  "hex"
)

export const audioMergeCases = (engineName: string, engine: Engine): void => {
  describe(`merging audio and a picture with ffmpeg (${engineName})`, { timeout: 300_000 }, () => {
    it.scopedLive("shows the picture for the duration of the audio", () =>
      Effect.gen(function* () {
        const made = yield* merged(engine, fixture("picture.jpg"), fixture("audio.mp3"))
        expect(made.contentType).toBe("video/mp4")
        expect(made.video).toMatchObject({ codec_name: "h264", width: 214, height: 120, pix_fmt: "yuv420p" })
        expect(made.video).toMatchObject({ avg_frame_rate: "10/1", sample_aspect_ratio: "1:1" })
        expect(made.audio).toMatchObject({ codec_name: "aac", channels: 1 })
        expect(made.content.indexOf("moov")).toBeLessThan(made.content.indexOf("mdat"))
        expect(Number(made.video?.duration)).toBeCloseTo(2, 0)
        expect(Number(made.audio?.duration)).toBeCloseTo(2, 0)
      })
    )

    it.scopedLive("shows a photograph upright", () =>
      Effect.gen(function* () {
        const jpeg = yield* Effect.promise(() => readFile(fixture("picture.jpg")))
        const preview = join(yield* temporaryFolder, "photograph.jpg")
        yield* Effect.promise(() => writeFile(preview, Buffer.concat([jpeg.subarray(0, 2), turned, jpeg.subarray(2)])))
        const { video } = yield* merged(engine, preview, fixture("audio.ogg"), { fps: 1 })
        expect(video).toMatchObject({ width: 120, height: 214 })
      })
    )

    it.scopedLive("shows a panorama with black bars", () =>
      Effect.gen(function* () {
        const { edge, video } = yield* greenPicture(engine, "900x50")
        expect(video).toMatchObject({ width: 480, height: 120, avg_frame_rate: "1/1" })
        expect(edge).toBeLessThan(170)
      })
    )
  })
}
