import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { engines, quickest, temporaryFolder } from "./support/harness.ts"
import { loudness, makeFile, picturesOf } from "./support/media.ts"
import { flashAndBeep, flashesAndBeeps, hlsOf } from "./support/playlists.ts"

/** Maximum offset between video and audio in seconds. */
const SYNC = 0.02

const make = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(temporaryFolder, (folder) => makeFile(folder, "source.mkv", ...args)).pipe(Effect.provide(quickest))

const seconds = (playlist: string): number =>
  [...playlist.matchAll(/#EXTINF:([\d.]+),/g)].reduce((sum, [, value]) => sum + Number(value), 0)

const tone = (duration: number) => ["-f", "lavfi", "-i", `sine=frequency=440:duration=${duration}`]
const picture = (duration: number) => ["-f", "lavfi", "-i", `color=c=white:size=64x36:rate=10:duration=${duration}`]
const codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le"]

for (const [engineName, engine] of engines) {
  describe(`audio and video sync with ffmpeg (${engineName})`, { timeout: 300_000 }, () => {
    for (const fps of engineName === "native" ? [5, 10, 24] : [10]) {
      it.scopedLive(`at ${fps} frames per second`, () =>
        Effect.gen(function* () {
          const { content, path } = yield* hlsOf(engine, yield* make(...flashAndBeep(fps, 3)), { resolution: 36, fps })
          expect(content.includes("elst")).toBe(false)
          for (const editLists of ["applied", "ignored"] as const) {
            const { beeps, flashes } = yield* flashesAndBeeps(path, editLists)
            expect(flashes).toHaveLength(2)
            expect(Math.abs((beeps[0] ?? 0) - (flashes[0] ?? 1)), editLists).toBeLessThan(SYNC)
          }
        })
      )
    }
  })
}

describe("the timeline of a rendition", { timeout: 300_000 }, () => {
  it.scopedLive("is the same in separate video and audio files", () =>
    Effect.gen(function* () {
      const source = yield* make(...flashAndBeep(24, 3))
      const video = yield* hlsOf(quickest, source, { resolution: 36, fps: 24, separatedAudio: true })
      const audio = yield* hlsOf(quickest, source, { resolution: 0, fps: 0, separatedAudio: true })
      const [flash = 0] = (yield* flashesAndBeeps(video.path, "ignored")).flashes
      const [beep = 1] = (yield* flashesAndBeeps(audio.path, "ignored")).beeps
      expect(Math.abs(beep - flash)).toBeLessThan(SYNC)
    })
  )

  it.scopedLive("shows the first frame from the start when the video starts late", () =>
    Effect.gen(function* () {
      const source = yield* make(...["-itsoffset", "1"], ...picture(1), ...tone(2), ...codecs)
      const made = yield* hlsOf(quickest, source, { resolution: 36, fps: 10 })
      expect(seconds(made.playlist)).toBeCloseTo(2, 1)
      const pictures = yield* Effect.provide(picturesOf(made, 10), quickest)
      expect(pictures.length).toBeGreaterThanOrEqual(19)
      expect(Math.min(...pictures.map((at) => at(32, 18)[0] ?? 0))).toBeGreaterThan(240)
    })
  )

  it.scopedLive("is silent until late audio starts", () =>
    Effect.gen(function* () {
      const source = yield* make(...picture(2), ...["-itsoffset", "1"], ...tone(1), ...codecs)
      for (const output of [
        { resolution: 36, fps: 10 },
        { resolution: 0, fps: 0, separatedAudio: true }
      ]) {
        const { path, playlist } = yield* hlsOf(quickest, source, output)
        expect(seconds(playlist)).toBeCloseTo(2, 1)
        const parts = yield* Effect.provide(loudness(path, 4), quickest)
        expect(Math.max(...parts.slice(0, 3))).toBeLessThan(0.01)
        expect(Math.min(...parts.slice(5, 8))).toBeGreaterThan(0.05)
      }
    })
  )

  it.scopedLive("holds the last frame by Matroska's durations, however long the audio is", () =>
    Effect.gen(function* () {
      const source = yield* make(...picture(1), ...tone(9), ...codecs)
      const { playlist } = yield* hlsOf(quickest, source, { resolution: 36, fps: 10 })
      expect(seconds(playlist)).toBeCloseTo(9, 1)
    })
  )

  it.scopedLive("ends in silence when the audio ends before the video", () =>
    Effect.gen(function* () {
      const source = yield* make(...picture(6), ...tone(1), ...codecs)
      const { path } = yield* hlsOf(quickest, source, { resolution: 36, fps: 10 })
      const parts = yield* Effect.provide(loudness(path, 1), quickest)
      expect(parts.length).toBeGreaterThanOrEqual(6)
      expect(Math.max(...parts.slice(2))).toBeLessThan(0.01)
    })
  )

  it.scopedLive("selects the audio stream marked as default", () =>
    Effect.gen(function* () {
      const silence = ["-f", "lavfi", "-t", "2", "-i", "anullsrc=r=48000:cl=stereo"]
      const maps = ["-map", "0:v", "-map", "1:a", "-map", "2:a", "-disposition:a:0", "0", "-disposition:a:1", "default"]
      const source = yield* make(...picture(2), ...silence, ...tone(2), ...maps, ...codecs)
      const { path } = yield* hlsOf(quickest, source, { resolution: 0, fps: 0, separatedAudio: true })
      expect(Math.max(...(yield* Effect.provide(loudness(path, 1), quickest)))).toBeGreaterThan(0.05)
    })
  )
})
