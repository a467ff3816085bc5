import { describe, expect, it } from "@effect/vitest"
import { Storyboard } from "@runner-connector/core"
import { Effect } from "effect"
import { fixture, quickest, temporaryFolder } from "../support/harness.ts"
import { completeJob, type Engine, inspect, makeFile, picturesOf } from "../support/media.ts"

/** A job for a storyboard of the source. */
export const given = (source: string, sprites: object) => ({
  type: "generate-video-storyboard",
  files: { video: source },
  payloadOf: (url: (file: string) => string) => ({ input: { videoFileUrl: url("video") }, output: {}, sprites })
})

/** The storyboard that an engine makes. */
export const made = (engine: Engine, ...args: Parameters<typeof given>) =>
  Effect.flatMap(completeJob(engine, given(...args)), (job) => Effect.provide(inspect(job, "storyboardFile"), quickest))

/** A gray that becomes brighter over time, with stored values from 16 to 235. */
const brightening = (seconds: number) =>
  Effect.flatMap(temporaryFolder, (folder) =>
    makeFile(
      folder,
      "video.mp4",
      ...["-f", "lavfi", "-i", `nullsrc=s=64x36:r=10:d=${seconds},geq=lum='20+30*T':cb=128:cr=128,format=yuv420p`],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"]
    )
  )

/** The value of this gray in a JPEG. */
const brightness = (seconds: number): number => ((4 + 30 * seconds) * 255) / 219

/**
 * Asserts that a video of this duration becomes a storyboard with this number of painted tiles, as the core expects.
 */
export const tiles = (engine: Engine, seconds: number, painted: number) =>
  Effect.gen(function* () {
    const source = yield* brightening(seconds)
    const sprites = { size: { width: 33, height: 17 }, count: { width: 2, height: 2 }, duration: 2 }
    const board = yield* made(engine, source, sprites)
    expect(board.contentType).toBe("image/jpeg")
    expect(board.name).toMatch(/^storyboard-[0-9a-f-]{36}\.jpg$/)
    expect(board.video).toMatchObject({ codec_name: "mjpeg", width: 66, height: 34 })
    const [picture] = yield* picturesOf(board, 1)
    const shades = [0, 1, 2, 3].map((n) => picture?.(16 + 33 * (n % 2), 8 + 17 * Math.floor(n / 2))[0] ?? -1)
    for (const [n, shade] of shades.entries()) {
      const middle = Math.min(2 * n + 0.9, seconds)
      const expected = n < painted ? brightness(middle) : 0
      expect(Math.abs(shade - expected), `tile ${n} of ${shades}`).toBeLessThan(6)
    }
    const { count: grid, duration: interval, size: sprite } = sprites
    const track = Storyboard.thumbnailsTrack({ sprite, grid, interval, total: 3, duration: seconds }, "x.jpg")
    expect(track.match(/-->/g)).toHaveLength(painted)
  }).pipe(Effect.provide(quickest))

export const storyboardCases = (engineName: string, engine: Engine): void => {
  describe(`storyboards with ffmpeg (${engineName})`, { timeout: 300_000 }, () => {
    it.scopedLive("tiles 3 frames of 5 s as the core expects", () => tiles(engine, 5, 3))

    it.scopedLive("holds the last frame until the audio ends", () =>
      Effect.gen(function* () {
        const sprites = { size: { width: 32, height: 18 }, count: { width: 4, height: 1 }, duration: 1 }
        const board = yield* made(engine, fixture("audio-longer.mp4"), sprites)
        const [picture] = yield* picturesOf(board, 1)
        const painted = [0, 1, 2, 3].map((tile) => Math.max(...(picture?.(32 * tile + 8, 9) ?? [])) > 60)
        expect(painted).toEqual([true, true, true, true])
      }).pipe(Effect.provide(quickest))
    )
  })
}
