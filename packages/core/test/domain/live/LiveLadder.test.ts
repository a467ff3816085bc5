import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc } from "effect"
import { toTranscode, variantsOf } from "../../../src/domain/live/LiveLadder.ts"
import { defaults, Resolution } from "../../../src/domain/video/TranscodingSettings.ts"
import { aSummary } from "../fixtures.ts"

const asked = (
  resolutions: ReadonlyArray<Resolution | 0>,
  source: Parameters<typeof aSummary>[0] = {},
  own = false
): ReadonlyArray<string> =>
  Either.getOrThrow(
    toTranscode({
      source: aSummary(source),
      settings: { ...defaults, resolutions, alwaysTranscodeOriginalResolution: own }
    })
  ).map(({ fps, resolution }) => `${resolution}@${fps}`)

describe("what a live is transcoded to", () => {
  const mute = { hasAudio: false }

  it.each([
    ["the sound comes last", Resolution.literals, {}, ["480@30", "360@30", "720@30", "240@30", "144@30", "0@0"]],
    ["no sound, no entry for it", Resolution.literals, mute, ["480@30", "360@30", "720@30", "240@30", "144@30"]],
    ["sound that is enabled keeps its place", [0, 480] as const, {}, ["0@0", "480@30"]],
    ["sound that is enabled but not there", [0, 480] as const, mute, ["480@30"]],
    ["nothing enabled: the size of the stream, and its sound", [], {}, ["720@30", "0@0"]],
    ["nothing enabled, no sound", [], mute, ["720@30"]],
    ["nothing that fits: a picture all the same", [0, 1080] as const, {}, ["0@0", "720@30"]],
    ["sound alone", [0, 480] as const, { hasVideo: false }, ["0@0"]],
    ["nothing at all", [480] as const, { hasVideo: false, hasAudio: false }, []],
    ["small renditions of a fast stream", [480, 720] as const, { fps: 60 }, ["480@30", "720@60", "0@0"]]
  ])("%s", (_, resolutions, source, expected) => {
    expect(asked(resolutions, source)).toEqual(expected)
  })

  it("adds the stream's own size when that is wanted, once", () => {
    expect(asked([480], { width: 960, height: 539, fps: 60 }, true)).toEqual(["480@30", "540@60", "0@0"])
    expect(asked([480, 720], {}, true)).toEqual(["480@30", "720@30", "0@0"])
  })

  it("says when the stream is too slow", () => {
    const slow = toTranscode({ source: aSummary({ fps: 0.05 }), settings: defaults })
    expect(Either.isLeft(slow) && slow.left._tag).toBe("FrameRateTooLow")
  })

  it("has sound exactly once when the stream has it, a picture when the stream has one, at most ten variants", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom<Resolution | 0>(0, ...Resolution.literals)),
        fc.boolean(),
        fc.integer({ min: 1, max: 5000 }),
        fc.boolean(),
        (resolutions, hasAudio, height, own) => {
          const made = asked(resolutions, { hasAudio, width: 5000, height }, own)
          expect(made.filter((_) => _ === "0@0")).toHaveLength(hasAudio ? 1 : 0)
          expect(made.filter((_) => _ !== "0@0").length).toBeGreaterThan(0)
          expect(new Set(made).size).toBe(made.length)
          expect(made.length).toBeLessThanOrEqual(10)
        }
      )
    )
  })
})

it("the variants of a live: sound first", () => {
  const rungs = [480, 720, 0].map((resolution) => ({ resolution, fps: 30 }))
  expect(variantsOf(rungs).map(({ resolution }) => resolution)).toEqual([0, 480, 720])
  expect(variantsOf(rungs.slice(0, 1))).toEqual(rungs.slice(0, 1))
})
