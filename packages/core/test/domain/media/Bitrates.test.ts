import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { averageBitrate, maxBitrate, minBitrate, targetBitrate } from "../../../src/domain/media/Bitrates.ts"

const picture = (resolution: number, fps: number, ratio = 1.7778) => ({ resolution, fps, ratio })

describe("bits a second", () => {
  it("480p at 30", () => {
    expect(averageBitrate(picture(480, 30))).toBe(1_474_578)
    expect(maxBitrate(picture(480, 30))).toBe(2_703_393)
  })

  it("720p at 30", () => {
    expect(averageBitrate(picture(720, 30))).toBe(3_041_318)
    expect(maxBitrate(picture(720, 30))).toBe(5_253_185)
    expect(minBitrate(picture(720, 30))).toBe(552_966)
  })

  it("1080p at 60", () => {
    expect(averageBitrate(picture(1080, 60))).toBe(12_441_755)
  })

  it("an upright picture has as many pixels as one that lies", () => {
    const upright = averageBitrate(picture(720, 30, 0.5))
    expect(upright).toBe(averageBitrate(picture(720, 30, 2)))
  })

  it("the largest class that is no larger decides", () => {
    expect(averageBitrate(picture(719, 30, 1))).toBe(Math.floor(719 * 719 * 30 * 0.12))
    expect(averageBitrate(picture(4320, 1, 1))).toBe(Math.floor(4320 * 4320 * 0.08))
  })

  it("a picture of unknown shape gets the fallback", () => {
    expect(averageBitrate(picture(480, 30, 0))).toBe(192_000)
  })

  it("sound alone gets the fallbacks", () => {
    expect([averageBitrate, maxBitrate, minBitrate].map((rate) => rate(picture(0, 0)))).toEqual([
      192_000, 256_000, 10_000
    ])
  })
})

describe("the bitrate to encode with", () => {
  it.each([
    ["1 Mb/s in: a little more", Option.some(1_000_000), 1_300_000],
    ["a broken number in: whole bits", Option.some(1_000_001), 1_300_001],
    ["100 kb/s in: the minimum", Option.some(100_000), 552_966],
    ["a rich input: the average", Option.some(50_000_000), 3_041_318],
    ["unknown: the average", Option.none(), 3_041_318]
  ])("%s", (_, input, expected) => {
    expect(targetBitrate(picture(720, 30), input)).toBe(expected)
  })
})
