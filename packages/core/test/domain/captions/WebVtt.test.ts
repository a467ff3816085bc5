import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { validateWebVtt, webVttLimits } from "../../../src/domain/captions/WebVtt.ts"
import { thumbnailsTrack } from "../../../src/domain/storyboard/Storyboard.ts"

const cue = (times: string, text = "Hello") => `${times}\n${text}\n`
const file = (...blocks: ReadonlyArray<string>) => ["WEBVTT\n", ...blocks].join("\n")

const good = file(cue("00:00.000 --> 00:02.500"), cue("00:02.500 --> 00:05.000"))

describe("a captions file", () => {
  it.each([
    ["as whisper writes it", good, 2, 5],
    ["without cues", "WEBVTT", 0, 0],
    ["with a title", good.replace("WEBVTT", "WEBVTT - a title"), 2, 5],
    ["with header lines", good.replace("WEBVTT\n", "WEBVTT\nKind: captions\nLanguage: en\n"), 2, 5],
    ["with a byte order mark", `\uFEFF${good}`, 2, 5],
    ["with the line ends of Windows", good.replaceAll("\n", "\r\n"), 2, 5],
    ["with the line ends of old Macs", good.replaceAll("\n", "\r"), 2, 5],
    ["with hours", file(cue("01:00:00.000 --> 101:00:01.500")), 1, 363_601.5],
    ["with names of cues", file(cue("intro\n00:00.000 --> 00:01.000")), 1, 1],
    ["with settings", file(cue("00:00.000 --> 00:01.000 align:start line:0")), 1, 1],
    [
      "with a comment, a style and a region",
      file("NOTE\nwho --- wrote it\n", "STYLE\n::cue {}\n", "REGION\nid:a\n", good.slice(8)),
      2,
      5
    ],
    ["with cues at the same time", file(cue("00:01.000 --> 00:09.000"), cue("00:01.000 --> 00:02.000")), 2, 9],
    ["with a cue of no length", file(cue("00:01.000 --> 00:01.000")), 1, 1],
    ["with a cue that says nothing", file("00:00.000 --> 00:01.000\n\n"), 1, 1]
  ])("%s", (_, text, cues, end) => {
    expect(validateWebVtt(text)).toEqual(Either.right({ cues, end }))
  })

  it.each([
    ["empty", "", "does not begin with WEBVTT"],
    ["another text", "1\n00:00:00,000 --> 00:00:01,000\nHello\n", "does not begin with WEBVTT"],
    ["one that only begins like it", "WEBVTTX\n", "does not begin with WEBVTT"],
    ["a NUL character", `${good}\u0000`, "has a NUL character"],
    ["a comma in a time", file(cue("00:00,000 --> 00:01.000")), 'has "00:00,000 --> 00:01.000" for the times of a cue'],
    ["sixty seconds", file(cue("00:00.000 --> 00:60.000")), 'has "00:00.000 --> 00:60.000" for the times of a cue'],
    ["a time without its end", file(cue("00:00.000 -->")), 'has "00:00.000 -->" for the times of a cue'],
    ["an arrow in the text", file(cue("00:00.000 --> 00:01.000", "a --> b")), 'has "a --> b" for the times of a cue'],
    [
      "a cue that ends before it begins",
      file(cue("00:02.000 --> 00:01.000")),
      'has a cue that ends before it begins: "00:02.000 --> 00:01.000"'
    ],
    [
      "cues out of order",
      file(cue("00:02.000 --> 00:03.000"), cue("00:01.000 --> 00:04.000")),
      'has a cue that begins before the one above it: "00:01.000 --> 00:04.000"'
    ],
    [
      "an arrow that comes too late",
      file("name\nsubtitle\n00:00.000 --> 00:01.000\n"),
      'has "name" where a cue should be'
    ],
    ["text outside a cue", file("lost\n"), 'has "lost" where a cue should be']
  ])("not %s", (_, text, problem) => {
    expect(Either.flip(validateWebVtt(text))).toMatchObject({ right: { problem } })
  })

  it("has its limits", () => {
    const limits = { size: good.length, cues: 2 }
    expect(Either.isRight(validateWebVtt(good, limits))).toBe(true)
    expect(Either.isLeft(validateWebVtt(good, { ...limits, cues: 1 }))).toBe(true)
    expect(Either.isLeft(validateWebVtt(good, { ...limits, size: good.length - 1 }))).toBe(true)
  })

  it("is read in one go even when it is as long as it may be", () => {
    const line = "00:00.000 --> 00:01.000\n"
    const arrows = file(line.repeat(webVttLimits.cues))
    expect(Either.map(validateWebVtt(arrows), (_) => _.cues)).toEqual(Either.right(webVttLimits.cues))
    const blank = `WEBVTT${"\n ".repeat(webVttLimits.size / 2 - 10)}`
    expect(validateWebVtt(blank)).toEqual(Either.right({ cues: 0, end: 0 }))
  })

  it("the track of a storyboard is one", () => {
    const size = { width: 2, height: 2 }
    const track = thumbnailsTrack({ sprite: size, grid: size, interval: 1, total: 4, duration: 3.7 }, "a.jpg")
    expect(validateWebVtt(track)).toEqual(Either.right({ cues: 4, end: 3.7 }))
  })
})
