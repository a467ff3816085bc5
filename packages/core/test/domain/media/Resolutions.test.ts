import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option } from "effect"
import { enabledResolutions, ladder, resolutionOfRoot, toEven } from "../../../src/domain/media/Resolutions.ts"
import { defaults, Resolution, type TranscodingSettings } from "../../../src/domain/video/TranscodingSettings.ts"
import { aSummary } from "../fixtures.ts"

const video: ReadonlyArray<Resolution> = Resolution.literals
const all: ReadonlyArray<number> = [0, ...video]

describe("the resolution of the largest rendition", () => {
  it.each([
    [1079, true, video, 1080],
    [1079, false, video, 720],
    [1080, false, [240, 480], 480],
    [121, false, video, 122],
    [120, false, video, 120],
    [121, false, [0, 240], 122],
    [534, true, [144, 240, 360, 480], 534]
  ])("%i, always original %s, of %o: %i", (input, alwaysTranscodeOriginal, enabled, expected) => {
    expect(resolutionOfRoot({ input, enabled, alwaysTranscodeOriginal })).toBe(expected)
  })
})

describe("enabled resolutions", () => {
  const strict = { strictlyLower: true, hasAudio: true }
  it.each([
    [{ ...strict, input: 720, enabled: video }, [480, 360, 240, 144]],
    [{ ...strict, input: 720, enabled: all }, [0, 480, 360, 240, 144]],
    [{ ...strict, input: 720, enabled: all, hasAudio: false }, [480, 360, 240, 144]],
    [{ ...strict, input: 1080, enabled: all }, [0, 480, 360, 720, 240, 144]],
    [{ ...strict, strictlyLower: false, input: 720, enabled: video }, [480, 360, 720, 240, 144]],
    [{ ...strict, strictlyLower: false, input: 540, enabled: [480, 240], includeInput: true }, [480, 240, 540]],
    [{ ...strict, strictlyLower: false, input: 539, enabled: [480, 240], includeInput: true }, [480, 240, 540]],
    [{ ...strict, strictlyLower: false, input: 480, enabled: [480, 240], includeInput: true }, [480, 240]],
    [{ ...strict, strictlyLower: false, input: 540, enabled: [] }, []]
  ])("%o: %o", (options, expected) => {
    expect(enabledResolutions(options)).toEqual(expected)
  })
})

const settings = (over: Partial<TranscodingSettings> = {}): TranscodingSettings => ({ ...defaults, ...over })
const sized = (width: number, height: number, fps = 30) => aSummary({ width, height, fps })

describe("the ladder", () => {
  it.each([
    ["a large source gets all that is enabled", sized(1920, 1080), {}, ["360@30", "480@30", "720@30"]],
    ["its own size counts as enabled", sized(1280, 720), {}, ["360@30", "480@30", "720@30"]],
    ["nothing is scaled up", sized(854, 480), {}, ["360@30", "480@30"]],
    ["an upright video is measured by its short side", sized(720, 1280), {}, ["360@30", "480@30", "720@30"]],
    ["a small source gets its own size alone", sized(426, 240), {}, ["240@30"]],
    ["an odd size grows by a pixel", sized(214, 121), {}, ["122@30"]],
    ["nothing enabled: its own size", sized(1920, 1080), { resolutions: [] }, ["1080@30"]],
    [
      "the original size is added when wanted",
      sized(1920, 1079),
      { alwaysTranscodeOriginalResolution: true },
      ["360@30", "480@30", "720@30", "1080@30"]
    ],
    [
      "the original size is not added twice",
      sized(1280, 720),
      { alwaysTranscodeOriginalResolution: true },
      ["360@30", "480@30", "720@30"]
    ],
    ["doubled settings make no doubled rendition", sized(640, 360), { resolutions: [360, 360] as const }, ["360@30"]],
    ["small renditions of a fast video are slowed down", sized(1280, 720, 60), {}, ["360@30", "480@30", "720@60"]],
    ["a small original keeps its speed", sized(640, 360, 60), {}, ["360@60"]],
    ["an unknown speed counts as average", sized(640, 360, 0), {}, ["360@30"]],
    ["a speed below all sense becomes the least", sized(640, 360, 0.01), {}, ["360@1"]],
    ["sound alone", aSummary({ hasVideo: false, width: 0, height: 0, fps: 0 }), {}, ["0@0"]]
  ])("%s", (_, source, over, expected) => {
    const rungs = ladder({ settings: settings(over), source })
    expect(rungs.map(({ fps, resolution }) => `${resolution}@${fps}`)).toEqual(expected)
  })

  it("has at least one rung, rising, even, and never larger than the source made even", () => {
    const pixels = fc.integer({ min: 1, max: 8000 })
    const resolutions = fc.array(fc.constantFrom(...Resolution.literals))
    fc.assert(
      fc.property(
        pixels,
        pixels,
        fc.integer({ min: 0, max: 300 }),
        resolutions,
        fc.boolean(),
        (w, h, fps, enabled, own) => {
          const rungs = ladder({
            settings: settings({ resolutions: enabled, alwaysTranscodeOriginalResolution: own }),
            source: aSummary({ width: w, height: h, fps, duration: Option.none() })
          })
          const sizes = rungs.map(({ resolution }) => resolution)
          expect(sizes.length).toBeGreaterThan(0)
          expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b))
          expect(sizes.every((size) => size % 2 === 0 && size > 0 && size <= toEven(Math.min(w, h)))).toBe(true)
          expect(rungs.every((rung) => rung.fps >= 1)).toBe(true)
        }
      )
    )
  })
})

it("toEven", () => {
  expect([0, 1, 2, 121, 1080].map(toEven)).toEqual([0, 2, 2, 122, 1080])
})
