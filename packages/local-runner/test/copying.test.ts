import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import { quickest, temporaryFolder } from "./support/harness.ts"
import { convertFile, makeFile } from "./support/media.ts"
import { audioPackets, flashAndBeep, flashesAndBeeps, hlsOf } from "./support/playlists.ts"

/** Maximum offset between video and audio in seconds. */
const SYNC = 0.02

const FPS = 24

/** A setting that x264 writes into its first picture, and that the runner does not use. */
const MARK = "crf=31.5"

const x264 = (over = "") => ["-pix_fmt", "yuv420p", "-x264-params", `crf=31.5:bframes=3:b-adapt=0:keyint=48${over}`]

/** A film of four seconds with a flash and a beep each second, in H.264 and AAC. */
const film = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(temporaryFolder, (folder) =>
    makeFile(folder, "source.mp4", ...flashAndBeep(FPS, 4), ...x264(), "-c:a", "aac", ...args)
  ).pipe(Effect.provide(quickest))

/** Copies a file from the keyframe before this second. An edit list hides the part before the second. */
const cutAt = (seconds: number, path: string) =>
  Effect.gen(function* () {
    const [ffmpeg, folder] = [yield* Ffmpeg, yield* temporaryFolder]
    yield* ffmpeg.ffmpeg({
      inputs: [{ path }],
      outputDirectory: folder,
      arguments: ({ input, output }) => ["-ss", String(seconds), "-i", input(0), "-c", "copy", output("cut.mp4")]
    })
    return join(folder, "cut.mp4")
  })

const fits = { resolution: 36, fps: FPS }

describe("an HLS rendition of a source that fits", { timeout: 300_000 }, () => {
  it.scopedLive("is copied, in sync, without edit lists", () =>
    Effect.gen(function* () {
      const made = yield* hlsOf(quickest, yield* film(), fits)
      expect(made.content.includes(MARK)).toBe(true)
      expect(made.content.includes("elst")).toBe(false)
      expect(made.audio).toMatchObject({ codec_name: "aac" })
      for (const editLists of ["applied", "ignored"] as const) {
        const { beeps, flashes } = yield* flashesAndBeeps(made.path, editLists)
        expect(flashes).toHaveLength(3)
        for (const [at, flash] of flashes.entries()) expect(Math.abs((beeps[at] ?? 0) - flash)).toBeLessThan(SYNC)
      }
    })
  )

  it.scopedLive("has the same timeline as renditions that are encoded", () =>
    Effect.gen(function* () {
      const source = yield* film()
      const copied = yield* hlsOf(quickest, source, { ...fits, separatedAudio: true })
      const audio = yield* hlsOf(quickest, source, { resolution: 0, fps: 0, separatedAudio: true })
      const encoded = yield* hlsOf(quickest, source, { ...fits, resolution: 18, separatedAudio: true })
      expect(copied.content.includes(MARK)).toBe(true)
      expect(copied.audio).toBeUndefined()
      expect(encoded.content.includes(MARK)).toBe(false)
      const [flash = 0] = (yield* flashesAndBeeps(copied.path, "ignored")).flashes
      const [other = 1] = (yield* flashesAndBeeps(encoded.path, "ignored")).flashes
      const [beep = 1] = (yield* flashesAndBeeps(audio.path, "ignored")).beeps
      expect(Math.abs(flash - other)).toBeLessThan(0.001)
      expect(Math.abs(flash - beep)).toBeLessThan(SYNC)
    })
  )

  it.scopedLive("has the packets of the source when it is audio alone", () =>
    Effect.gen(function* () {
      const source = yield* film()
      const extracted = yield* convertFile(source, yield* temporaryFolder, "audio.mp4", "-vn", "-c:a", "copy")
      for (const path of [source, extracted]) {
        const made = yield* hlsOf(quickest, path, { resolution: 0, fps: 0, separatedAudio: true })
        expect(made.content.includes("elst")).toBe(false)
        expect(yield* audioPackets(made.path)).toEqual(yield* audioPackets(source))
      }
    }).pipe(Effect.provide(quickest))
  )
})

describe("an HLS rendition is encoded", { timeout: 300_000 }, () => {
  const isCopied = (source: string, output: object) =>
    Effect.map(hlsOf(quickest, source, output), ({ content }) => content.includes(MARK))

  it.scopedLive("when the source has another frame rate", () =>
    Effect.gen(function* () {
      expect(yield* isCopied(yield* film(), { ...fits, fps: 25 })).toBe(false)
    })
  )

  it.scopedLive("when browsers do not play the source", () =>
    Effect.gen(function* () {
      expect(yield* isCopied(yield* film("-pix_fmt", "yuv444p"), fits)).toBe(false)
    })
  )

  it.scopedLive("when the source reorders more frames than fit before its start", () =>
    Effect.gen(function* () {
      const deep = ["-x264-params", "crf=31.5:bframes=8:b-adapt=0:b-pyramid=normal:ref=8:keyint=48", "-r", "10"]
      expect(yield* isCopied(yield* film(...deep), { ...fits, fps: 10 })).toBe(false)
    })
  )

  it.scopedLive("when the source has too few keyframes", () =>
    Effect.gen(function* () {
      const source = yield* Effect.flatMap(temporaryFolder, (folder) =>
        makeFile(folder, "source.mp4", ...flashAndBeep(FPS, 12), ...x264("0:scenecut=0"), "-c:a", "aac")
      ).pipe(Effect.provide(quickest))
      expect(yield* isCopied(source, fits)).toBe(false)
    })
  )

  it.scopedLive("when an edit list of the source hides its beginning", () =>
    Effect.gen(function* () {
      const whole = yield* film()
      const path = yield* cutAt(0.5, whole)
      const sound = yield* hlsOf(quickest, path, { resolution: 0, fps: 0, separatedAudio: true })
      const both = yield* hlsOf(quickest, path, fits)
      expect(both.content.includes(MARK)).toBe(false)
      for (const made of [sound, both]) {
        expect(Number(made.audio?.start_time)).toBeGreaterThanOrEqual(0)
        const { beeps } = yield* flashesAndBeeps(made.path, "ignored")
        expect(beeps).toHaveLength(3)
        expect(Math.abs((beeps[0] ?? 0) - 0.625)).toBeLessThan(SYNC)
      }
    }).pipe(Effect.provide(quickest))
  )
})
