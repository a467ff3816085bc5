import { Either, Option, Schema } from "effect"
import { describe, expect, it } from "vitest"
import type { MediaSummary } from "../../../src/domain/media/MediaSummary.ts"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"
import {
  checkEdited,
  checkMerge,
  checkRendition,
  checkStoryboard,
  isSameDuration
} from "../../../src/domain/media/ResultCheck.ts"
import { aSummary } from "../fixtures.ts"

const lasting = (seconds: number, over: Partial<MediaSummary> = {}): MediaSummary =>
  aSummary({ width: 854, height: 480, duration: Option.some(seconds), ...over })

const rendition = (source: MediaSummary, result: MediaSummary, more: object = {}) =>
  Either.isRight(checkRendition({ asked: { resolution: 480 }, source, result, ...more }))

/** The first values in steps of a hundredth that are refused, above and below the one that is expected. */
const limits = (expected: number, isAccepted: (actual: number) => boolean, far = 3000) => {
  const first = (sign: number): number | undefined => {
    for (let step = 1; step <= far; step++) {
      const actual = (expected * 100 + sign * step) / 100
      if (!isAccepted(actual)) return actual
    }
    return undefined
  }
  return [first(-1), first(1)]
}

describe("the duration of a rendition", () => {
  it.each([
    ["a second, while that is more than 5 %", 5, [3.99, 6.01]],
    ["a second and 5 % are the same at 20 s", 20, [18.99, 21.01]],
    ["5 %, when that is more than a second", 100, [94.99, 105.01]]
  ])("may differ by %s", (_, seconds, expected) => {
    expect(limits(seconds, (actual) => rendition(lasting(seconds), lasting(actual)))).toEqual(expected)
    expect(limits(seconds, (actual) => isSameDuration(seconds, actual))).toEqual(expected)
    const edited = (actual: number) =>
      Either.isRight(checkEdited({ expected: Option.some(seconds), result: lasting(actual) }))
    expect(limits(seconds, edited)).toEqual(expected)
  })

  it("may be shorter for one track of two, but not longer", () => {
    const separated = { asked: { resolution: 480, separatedAudio: true } }
    const picture = (actual: number) => rendition(lasting(10), lasting(actual, { hasAudio: false }), separated)
    expect(limits(10, picture, 900)).toEqual([undefined, 11.01])
  })

  it("may be ten seconds longer for a merge, or 5 %", () => {
    const merge = (seconds: number) => (actual: number) =>
      Either.isRight(checkMerge({ source: lasting(seconds, { hasVideo: false }), result: lasting(actual) }))
    expect(limits(5, merge(5))).toEqual([3.99, 15.01])
    expect(limits(400, merge(400))).toEqual([379.99, 420.01])
  })

  it("may differ by half a second from an earlier result of another duration", () => {
    const agrees = (actual: number) => rendition(lasting(60), lasting(actual), { refused: [20] })
    expect(limits(20, agrees)).toEqual([19.49, 20.51])
  })
})

describe("the duration of a track", () => {
  const span = (end: number) => ({ start: 0, end })

  it.each(["shown", "heard"] as const)(
    "that is %s may be shorter as the whole may, and longer by any length",
    (track) => {
      const whole = lasting(10, { shown: span(10), heard: span(10) })
      const accepted = (actual: number) => rendition(whole, { ...whole, ...lasting(10), [track]: span(actual) })
      expect(limits(10, accepted)).toEqual([8.99, undefined])
    }
  )
})

describe("the size of a result", () => {
  it("may differ by two pixels on the short side", () => {
    const accepted = [477, 478, 479, 480, 481, 482, 483].filter((height) =>
      rendition(lasting(60), lasting(60, { width: 854, height }))
    )
    expect(accepted).toEqual([478, 479, 480, 481, 482])
  })

  it("of a storyboard may differ by a pixel for each tile in a row or column", () => {
    const asked = { sprite: { width: 192, height: 108 }, grid: { width: 10, height: 6 } }
    const isAccepted = (width: number, height: number) => {
      const streams = [{ codec_type: "video", codec_name: "mjpeg", width, height }]
      const report = Schema.decodeUnknownSync(ProbeReport)({ format: { format_name: "image2" }, streams })
      return Either.isRight(checkStoryboard(asked, report))
    }
    const sizes = [1909, 1910, 1930, 1931].map((width) => isAccepted(width, 648))
    expect(sizes).toEqual([false, true, true, false])
    expect([641, 642, 654, 655].map((height) => isAccepted(1920, height))).toEqual([false, true, true, false])
  })
})
