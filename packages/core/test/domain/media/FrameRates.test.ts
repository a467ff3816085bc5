import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc } from "effect"
import { outputFps } from "../../../src/domain/media/FrameRates.ts"
import { defaults } from "../../../src/domain/video/TranscodingSettings.ts"

const ask = (inputFps: number, resolution: number, isOriginResolution: boolean, max = 60) =>
  outputFps({ inputFps, resolution, isOriginResolution, settings: { fps: { ...defaults.fps, max } } })

describe("the frame rate of a rendition", () => {
  it.each([
    [25, 720, true, 60, 25],
    [60, 480, false, 60, 30],
    [50, 480, false, 60, 25],
    [59, 480, false, 60, 25],
    [48, 480, false, 60, 24],
    [31, 360, false, 60, 30],
    [35, 360, false, 60, 30],
    [45, 360, false, 60, 30],
    [30, 240, false, 60, 30],
    [60, 720, false, 60, 60],
    [60, 720, false, 30, 30],
    [0.5, 480, false, 60, 1],
    [100, 720, false, 60, 50],
    [90, 720, false, 60, 60],
    [75, 1080, false, 60, 60],
    [144, 1080, false, 60, 60],
    [120, 1080, true, 60, 120],
    [120, 1080, false, 60, 60],
    [120, 360, false, 60, 30],
    [240, 144, false, 60, 30],
    [150, 1080, false, 120, 50],
    [120, 1440, false, 144, 120],
    [60, 480, false, 24, 24],
    [25, 480, false, 24, 24],
    [60, 720, false, 24, 24],
    [60, 720, true, 24, 60],
    [60, 480, false, 20, 20],
    [50, 1080, false, 30, 30],
    [60, 0, false, 60, 0]
  ])("%d fps at %i, origin %s, at most %i: %i", (fps, resolution, origin, max, expected) => {
    expect(ask(fps, resolution, origin, max)).toEqual(Either.right(expected))
  })

  it.each([
    [480, false],
    [480, true],
    [1080, false],
    [1080, true]
  ])("0.05 fps is nothing that can be transcoded: %i, origin %s", (resolution, origin) => {
    const result = ask(0.05, resolution, origin)
    expect(Either.isLeft(result) && result.left).toMatchObject({ _tag: "FrameRateTooLow", fps: 0.05 })
  })

  it.each([
    [480, false, 60, 30],
    [1080, true, 60, 30],
    [720, false, 24, 24]
  ])("an unknown rate counts as average: %i, origin %s, at most %i: %i", (resolution, origin, max, expected) => {
    expect(ask(0, resolution, origin, max)).toEqual(Either.right(expected))
  })

  it("the size from which the source's rate is kept is a setting", () => {
    const settings = { fps: { ...defaults.fps, keepOriginFpsResolutionMin: 480 } }
    expect(outputFps({ inputFps: 60, resolution: 480, isOriginResolution: false, settings })).toEqual(Either.right(60))
  })

  it("stays between the least and the maximum unless it is the source's own resolution", () => {
    const max = fc.integer({ min: 1, max: 144 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(144, 480, 720, 1080),
        max,
        (fps, resolution, limit) => {
          const result = Either.getOrThrow(ask(fps, resolution, false, limit))
          expect(result).toBeLessThanOrEqual(limit)
          expect(result).toBeGreaterThanOrEqual(1)
        }
      )
    )
  })
})
