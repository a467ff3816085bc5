import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Context, Effect, Layer } from "effect"
import { fixture, quickest, temporaryFolder } from "../support/harness.ts"
import { completeJob, type Engine, inspect, loudness, picturesOf } from "../support/media.ts"

export interface Files {
  readonly video: string
  readonly audio?: string
  readonly [name: string]: string
}

type Url = (file: string) => string

export const given = (files: Files, tasks: (url: Url) => ReadonlyArray<object>) => ({
  files,
  type: "video-studio-transcoding",
  payloadOf: (url: Url) => ({
    input: { videoFileUrl: url("video"), separatedAudioFileUrl: files.audio === undefined ? [] : [url("audio")] },
    output: {},
    tasks: tasks(url)
  })
})

export const edited = (engine: Engine, ...args: Parameters<typeof given>) =>
  Effect.flatMap(completeJob(engine, given(...args)), (job) => Effect.provide(inspect(job), quickest))

const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"]

/** Created by one run, in a folder that exists until the last test has ended. */
class Clips extends Context.Tag("studio/Clips")<
  Clips,
  {
    /** Seven seconds of gray whose brightness encodes the second, with a beep in odd seconds. */
    readonly clock: string
    /** The first two seconds of the clock. */
    readonly shortClock: string
    /** One second of green in portrait format. */
    readonly intro: string
    /** A red square. */
    readonly logo: string
  }
>() {}

const clips = Layer.scoped(
  Clips,
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const folder = yield* temporaryFolder
    const lavfi = (source: string) => ["-f", "lavfi", "-i", source]
    const clock = ["-map", "0", "-map", "1", ...x264, "-c:a", "aac"]
    yield* ffmpeg({
      inputs: [],
      outputDirectory: folder,
      arguments: ({ output }) => [
        ...lavfi("nullsrc=s=64x36:r=10:d=7,geq=lum='30+30*floor(T)':cb=128:cr=128"),
        ...lavfi("aevalsrc='0.5*sin(2000*t)*mod(floor(t),2)':s=48000:d=7"),
        ...[...lavfi("color=c=green:s=36x64:r=15:d=1"), ...lavfi("color=c=red:s=30x30:d=0.04")],
        ...[...clock, output("clock.mp4"), ...clock, "-t", "2", output("short-clock.mp4")],
        ...["-map", "2", ...x264, output("intro.mp4"), "-map", "3", output("logo.png")]
      ]
    })
    const file = (name: string) => join(folder, name)
    return {
      ...{ clock: file("clock.mp4"), shortClock: file("short-clock.mp4") },
      ...{ intro: file("intro.mp4"), logo: file("logo.png") }
    }
  })
)

/** Decodes the seconds from which the frames of a clock were taken. */
const secondsOf = (pictures: ReadonlyArray<(x: number, y: number) => ReadonlyArray<number>>): ReadonlyArray<number> =>
  pictures.map((picture) => Math.max(0, Math.round((((picture(20, 30)[1] ?? 0) * 219) / 255 - 14) / 30)))

const isColored = (pixel: ReadonlyArray<number> | undefined): string => {
  const [red = 0, green = 0, blue = 0] = pixel ?? []
  if (Math.max(red, green, blue) < 30) return "black"
  if (red > 150 && green < 80 && blue < 80) return "red"
  if (green > 100 && red < 80 && blue < 80) return "green"
  return "other"
}

export const studioCases = (engineName: string, engine: Engine): void => {
  layer(Layer.provideMerge(clips, quickest), { excludeTestServices: true })((it) => {
    describe(`the studio with ffmpeg (${engineName})`, { timeout: 300_000 }, () => {
      it.scoped("applies a cut to the result of the previous cut", () =>
        Effect.gen(function* () {
          const made = yield* edited(engine, { video: (yield* Clips).clock }, () => [
            { name: "cut", options: { start: 1 } },
            {
              name: "remove-segments",
              options: {
                segments: [
                  { start: 3, end: 4 },
                  { start: 1, end: 2 }
                ]
              }
            },
            { name: "cut", options: { end: 3 } }
          ])
          expect(made.contentType).toBe("video/mp4")
          expect(made.content.indexOf("moov")).toBeLessThan(made.content.indexOf("mdat"))
          expect(made.video).toMatchObject({ codec_name: "h264", width: 64, height: 36, avg_frame_rate: "10/1" })
          expect(made.audio).toMatchObject({ codec_name: "aac", channels: 1, sample_rate: "48000" })
          expect(made.duration).toBeCloseTo(3, 1)
          expect(secondsOf(yield* picturesOf(made, 2))).toEqual([1, 1, 3, 3, 5, 5])
          expect((yield* loudness(made.path, 5)).slice(1, 14).every((level) => level > 0.3)).toBe(true)
        })
      )

      it.scoped("adds intros and outros of any format and draws a watermark", () =>
        Effect.gen(function* () {
          const { intro, logo, shortClock } = yield* Clips
          const files = { video: shortClock, intro, outro: fixture("audio-longer.mp4"), logo }
          const made = yield* edited(engine, files, (url) => [
            {
              name: "add-watermark",
              options: {
                file: url("logo"),
                watermarkSizeRatio: 0.5,
                horitonzalMarginRatio: 0.25,
                verticalMarginRatio: 0.1
              }
            },
            { name: "add-intro", options: { file: url("intro") } },
            { name: "add-outro", options: { file: url("outro") } },
            { name: "cut", options: { end: 5 } }
          ])
          expect(made.video).toMatchObject({
            width: 64,
            height: 36,
            avg_frame_rate: "10/1",
            sample_aspect_ratio: "1:1"
          })
          expect(Number(made.video?.duration)).toBeCloseTo(5, 0)
          expect(Number(made.audio?.duration)).toBeCloseTo(5, 1)
          const pictures = yield* picturesOf(made, 2)
          expect(pictures).toHaveLength(10)
          expect(isColored(pictures[1]?.(32, 18))).toBe("green")
          expect([2, 61].map((x) => isColored(pictures[1]?.(x, 18)))).toEqual(["black", "black"])
          for (const shown of pictures.slice(2, 6)) {
            // 18 pixels high, about 9 from the right and 4 from the top.
            expect([38, 46, 52].map((x) => isColored(shown(x, 12)))).toEqual(["red", "red", "red"])
            expect([34, 58].map((x) => isColored(shown(x, 12)))).not.toContain("red")
            expect([1, 25].map((y) => isColored(shown(46, y)))).not.toContain("red")
          }
          expect(secondsOf(pictures.slice(2, 6))).toEqual([0, 0, 1, 1])
          const levels = yield* loudness(made.path, 1)
          expect(levels.map((level) => level > 0.05)).toEqual([false, false, true, true, true])
        })
      )
    })
  })
}
