import { describe, expect, it } from "@effect/vitest"
import { Either, Option, Schema } from "effect"
import type { MediaSummary } from "../../../src/domain/media/MediaSummary.ts"
import { ProbeReport } from "../../../src/domain/media/ProbeReport.ts"
import {
  type Asked,
  checkEdited,
  checkMerge,
  checkRendition,
  checkStoryboard
} from "../../../src/domain/media/ResultCheck.ts"
import { aSummary } from "../fixtures.ts"

const source = aSummary({ width: 1920, height: 1080 })
const p480 = { width: 854, height: 480 }
const soundOnly = { hasVideo: false, width: 0, height: 0, fps: 0 }

const check = (asked: Asked, result: Partial<MediaSummary>, of: Partial<MediaSummary> = {}): string | undefined =>
  Either.match(checkRendition({ asked, source: { ...source, ...of }, result: aSummary(result) }), {
    onLeft: (error) => `${error._tag}: ${error.message}`,
    onRight: () => undefined
  })

describe("a rendition as requested", () => {
  it.each([
    ["the very size", { resolution: 480 }, p480, {}],
    ["two pixels less", { resolution: 480 }, { width: 850, height: 478 }, {}],
    ["two pixels more", { resolution: 480 }, { width: 858, height: 482 }, {}],
    ["upright", { resolution: 480 }, { width: 480, height: 854 }, {}],
    ["sound alone", { resolution: 0 }, soundOnly, {}],
    ["the picture of a split pair", { resolution: 480, separatedAudio: true }, { ...p480, hasAudio: false }, {}],
    ["the sound of a split pair", { resolution: 0, separatedAudio: true }, soundOnly, {}],
    [
      "sound that ends before the picture",
      { resolution: 0, separatedAudio: true },
      { ...soundOnly, duration: Option.some(5) },
      {}
    ],
    [
      "a picture that ends before the sound",
      { resolution: 480, separatedAudio: true },
      { ...p480, hasAudio: false, duration: Option.some(5) },
      {}
    ],
    ["with sound that the source was not known to have", { resolution: 480 }, p480, { hasAudio: false }],
    ["silent as its source", { resolution: 480 }, { ...p480, hasAudio: false }, { hasAudio: false }],
    ["a second shorter", { resolution: 480 }, { ...p480, duration: Option.some(4) }, { duration: Option.some(5) }],
    ["5 % shorter", { resolution: 480 }, { ...p480, duration: Option.some(95) }, { duration: Option.some(100) }],
    ["of a source that does not say how long it is", { resolution: 480 }, p480, { duration: Option.none() }],
    ["that does not say how long it is", { resolution: 480 }, { ...p480, duration: Option.none() }, {}]
  ])("%s", (_, asked, result, of) => {
    expect(check(asked, result, of)).toBeUndefined()
  })
})

describe("a result that differs from the request", () => {
  it.each([
    [{ resolution: 480 }, { ...soundOnly, hasAudio: false }, "The result has neither video nor sound."],
    [{ resolution: 0 }, { ...soundOnly, hasAudio: false }, "The result has neither video nor sound."],
    [{ resolution: 480 }, soundOnly, "The result has no video although 480p was requested."],
    [{ resolution: 480, separatedAudio: true }, p480, "The result has sound although video alone was requested."],
    [{ resolution: 0, separatedAudio: true }, p480, "The result has video although audio alone was requested."],
    [{ resolution: 480 }, { ...p480, hasAudio: false }, "The result has no sound although the source has."],
    [{ resolution: 480 }, { width: 850, height: 477 }, "The result is 850x477 although 480p was requested."],
    [{ resolution: 480 }, { width: 1280, height: 720 }, "The result is 1280x720 although 480p was requested."],
    [{ resolution: 0 }, p480, "The result has video although audio alone was requested."],
    [
      { resolution: 480 },
      { ...p480, duration: Option.some(30.04) },
      "The result lasts 30 s although the source lasts 60 s."
    ],
    [
      { resolution: 480 },
      { ...p480, duration: Option.some(70) },
      "The result lasts 70 s although the source lasts 60 s."
    ],
    [
      { resolution: 0, separatedAudio: true },
      { ...soundOnly, duration: Option.some(70) },
      "The result lasts 70 s although the source lasts 60 s."
    ]
  ])("%o, %o", (asked, result, message) => {
    expect(check(asked, result)).toBe(`UnexpectedResult: ${message}`)
  })
})

describe("the tracks of a rendition", () => {
  const span = (start: number, end: number) => ({ start, end })
  const asked = { resolution: 480 }
  const whole = { shown: span(0, 60), heard: span(0, 60) }

  it("last as long as those of the source", () => {
    expect(check(asked, { ...p480, ...whole }, whole)).toBeUndefined()
    expect(check(asked, { ...p480, ...whole, heard: span(0, 30) }, whole)).toBe(
      "UnexpectedResult: The result lasts 30 s although the sound of the source lasts 60 s."
    )
    expect(check(asked, { ...p480, ...whole, shown: span(0, 30) }, whole)).toBe(
      "UnexpectedResult: The result lasts 30 s although the picture of the source lasts 60 s."
    )
  })

  it("may be filled up with silence or the last picture, and start later", () => {
    expect(check(asked, { ...p480, ...whole }, { shown: span(0, 60), heard: span(5, 20) })).toBeUndefined()
    expect(check(asked, { ...p480, ...whole }, { shown: span(2, 30), heard: span(0, 60) })).toBeUndefined()
    expect(
      check(asked, { ...p480, shown: span(0, 60), heard: span(5, 60) }, { ...whole, heard: span(5, 60) })
    ).toBeUndefined()
  })

  it("are compared only where they were requested", () => {
    const separated = { ...p480, hasAudio: false, shown: span(0, 60) }
    expect(check({ ...asked, separatedAudio: true }, separated, whole)).toBeUndefined()
    expect(check({ resolution: 0 }, { ...soundOnly, heard: span(0, 60) }, whole)).toBeUndefined()
  })
})

describe("a result that agrees with an earlier one", () => {
  const agreed = (seconds: number, refused: ReadonlyArray<number>) =>
    Option.getOrUndefined(
      Either.getLeft(
        checkRendition({
          asked: { resolution: 480 },
          source,
          result: aSummary({ ...p480, duration: Option.some(seconds) }),
          refused
        })
      )
    )

  it("is accepted, as the source was misjudged", () => {
    expect(agreed(20, [20.4])).toBeUndefined()
    expect(agreed(20, [45, 19.6])).toBeUndefined()
  })

  it("is refused when the earlier one was another, and says how long it is", () => {
    expect(agreed(20, [])).toMatchObject({ duration: 20 })
    expect(agreed(20, [20.6])).toMatchObject({ duration: 20 })
  })

  it("is refused for other faults all the same", () => {
    const wrong = { asked: { resolution: 720 }, source, result: aSummary(p480), refused: [60] }
    expect(Either.isLeft(checkRendition(wrong))).toBe(true)
  })
})

describe("an edited video", () => {
  const of = (expected: number | undefined, result: Partial<MediaSummary>) =>
    Option.getOrUndefined(
      Either.getLeft(checkEdited({ expected: Option.fromNullable(expected), result: aSummary(result) }))
    )?.message

  it("lasts what its tasks should leave, within a second or a twentieth", () => {
    expect(of(30, { duration: Option.some(31) })).toBeUndefined()
    expect(of(100, { duration: Option.some(95.1) })).toBeUndefined()
    expect(of(30, { duration: Option.some(32) })).toBe("The result lasts 32 s although the tasks should leave 30 s.")
  })

  it("may have any length when nobody can tell", () => {
    expect(of(undefined, { duration: Option.some(32) })).toBeUndefined()
    expect(of(30, { duration: Option.none() })).toBeUndefined()
  })

  it("has a picture", () => {
    expect(of(undefined, soundOnly)).toBe("The edited file has no video.")
  })
})

describe("a storyboard", () => {
  const asked = { sprite: { width: 192, height: 108 }, grid: { width: 10, height: 6 } }
  const inFormat = (format_name: string, streams: ReadonlyArray<object>) =>
    Option.getOrUndefined(
      Either.getLeft(
        checkStoryboard(asked, Schema.decodeUnknownSync(ProbeReport)({ format: { format_name }, streams }))
      )
    )?.message
  const of = (...streams: ReadonlyArray<object>) => inFormat("image2", streams)
  const picture = (width: number, height: number) => ({ codec_type: "video", codec_name: "mjpeg", width, height })

  it("is as large as its tiles together, up to a pixel a tile", () => {
    expect(of(picture(1920, 648))).toBeUndefined()
    expect(of(picture(1910, 654))).toBeUndefined()
    expect(of(picture(1909, 648))).toBe("The storyboard is 1909x648 although 1920x648 was requested.")
    expect(of(picture(1920, 655))).toBe("The storyboard is 1920x655 although 1920x648 was requested.")
  })

  it.each([
    ["nothing", []],
    ["another kind of picture", [{ ...picture(1920, 648), codec_name: "png" }]]
  ])("is no JPEG picture: %s", (_, streams) => {
    expect(of(...streams)).toBe("The storyboard is no JPEG picture.")
  })

  it("is no cover of a song", () => {
    const streams = [picture(1920, 648), { codec_type: "audio", codec_name: "mp3" }]
    expect(inFormat("mp3", streams)).toBe("The storyboard is no JPEG picture.")
  })
})

describe("sound that was merged with a picture", () => {
  const of = aSummary(soundOnly)
  const merge = (result: Partial<MediaSummary>) =>
    Either.getOrElse(checkMerge({ source: of, result: aSummary(result) }), ({ message }) => message)

  it("is as large as its picture", () => {
    expect(merge({ width: 64, height: 1000 })).toBeUndefined()
  })

  it("may go on for some seconds after the sound", () => {
    expect(merge({ duration: Option.some(70) })).toBeUndefined()
    expect(merge({ duration: Option.some(71) })).toBe("The result lasts 71 s although the source lasts 60 s.")
  })

  it.each([
    [soundOnly, "The result has not both video and sound."],
    [{ hasAudio: false }, "The result has not both video and sound."],
    [{ duration: Option.some(1) }, "The result lasts 1 s although the source lasts 60 s."]
  ])("%o", (result, message) => {
    expect(merge(result)).toBe(message)
  })
})
