import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc } from "effect"
import { renameMedia, segmentRanges, validateMediaPlaylist } from "../../../src/domain/hls/HlsPlaylist.ts"

const theirs = "9c0e6d0a-6f4f-4b0e-8d0c-2c1f3a5b7e90-240-fragmented.mp4"
const ours = "00000000-0000-4000-8000-000000000001-240-fragmented.mp4"
const size = 142_287

/** What ffmpeg writes for ten seconds as a runner asks it to. */
const playlist = (name: string): string =>
  [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-TARGETDURATION:4",
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXT-X-MAP:URI="${name}",BYTERANGE="1354@0"`,
    "#EXTINF:4.000000,",
    "#EXT-X-BYTERANGE:55763@1354",
    name,
    "#EXTINF:4.000000,",
    "#EXT-X-BYTERANGE:55351@57117",
    name,
    "#EXTINF:2.000000,",
    "#EXT-X-BYTERANGE:29819@112468",
    name,
    "#EXT-X-ENDLIST",
    ""
  ].join("\n")

const valid = playlist(ours)
const check = (text: string, bytes = size): string | undefined =>
  Either.match(validateMediaPlaylist(text, { name: ours, size: bytes }), {
    onLeft: (error) => error.message,
    onRight: () => undefined
  })

describe("renameMedia", () => {
  it("replaces the name everywhere, in the MAP line too", () => {
    expect(renameMedia(playlist(theirs), ours)).toBe(valid)
  })

  it("takes the new name as it is", () => {
    expect(renameMedia(theirs, "$&-$1.mp4")).toBe("$&-$1.mp4")
  })

  it("leaves other names alone", () => {
    const others = "init.mp4\n9C0E6D0A-6F4F-4B0E-8D0C-2C1F3A5B7E90-240-fragmented.mp4\nsegment-240-fragmented.mp4"
    expect(renameMedia(others, ours)).toBe(others)
  })
})

describe("segmentRanges", () => {
  it("both ends included, the init segment not among them", () => {
    expect(segmentRanges(valid)).toEqual([
      { first: 1354, last: 57_116 },
      { first: 57_117, last: 112_467 },
      { first: 112_468, last: 142_286 }
    ])
  })

  it("without an offset a segment begins where the one before it ended", () => {
    const ranges = segmentRanges("#EXT-X-BYTERANGE:10@5\n#EXT-X-BYTERANGE:7\n#EXT-X-BYTERANGE:3")
    expect(ranges.map(({ first }) => first)).toEqual([5, 15, 22])
  })
})

describe("validateMediaPlaylist", () => {
  it("takes what ffmpeg writes, with either line ending", () => {
    expect(check(valid)).toBeUndefined()
    expect(check(valid.replaceAll("\n", "\r\n"))).toBeUndefined()
  })

  it("takes comments, keys that encrypt nothing, and ranges without an offset", () => {
    const made = valid
      .replace("#EXTINF", "# made by hand\n#EXT-X-KEY:METHOD=NONE\n#EXTINF")
      .replace(":55351@57117", ":55351")
    expect(check(made)).toBeUndefined()
  })

  const elsewhere = (line: string): string => `refers to "${line}", not to "${ours}" alone`
  const swap = (line: string): string => valid.replace(`\n${ours}\n`, `\n${line}\n`)
  it.each([
    ["an address", swap("https://example.org/a.mp4"), elsewhere("https://example.org/a.mp4")],
    ["an address without a scheme", swap("//example.org/a.mp4"), elsewhere("//example.org/a.mp4")],
    ["a path", swap(`../other/${ours}`), elsewhere(`../other/${ours}`)],
    ["another name", swap("other.mp4"), elsewhere("other.mp4")],
    ["the runner's name", playlist(theirs), elsewhere(theirs)],
    ["an init segment elsewhere", valid.replace(`URI="${ours}"`, 'URI="init.mp4"'), elsewhere("init.mp4")],
    ["an init segment without a name", valid.replace(`URI="${ours}",`, ""), elsewhere("")]
  ])("refuses %s", (_, text, problem) => {
    expect(check(text)).toBe(`The playlist ${problem}.`)
  })

  const add = (line: string): string => valid.replace("#EXTINF", `${line}\n#EXTINF`)
  it.each([
    ["EXT-X-KEY", add('#EXT-X-KEY:METHOD=AES-128,URI="https://example.org/key"')],
    ["EXT-X-SESSION-KEY", add('#EXT-X-SESSION-KEY:METHOD=AES-128,URI="key"')],
    ["EXT-X-STREAM-INF", add("#EXT-X-STREAM-INF:BANDWIDTH=1")],
    ["EXT-X-MEDIA", add('#EXT-X-MEDIA:TYPE=AUDIO,URI="a.m3u8"')],
    ["EXT-X-DATERANGE", add('#EXT-X-DATERANGE:ID="ad",X-ASSET-URI="https://example.org/ad"')],
    ["EXT-X-DEFINE", add('#EXT-X-DEFINE:NAME="a",VALUE="b"')],
    ["EXT-X-PART", add('#EXT-X-PART:URI="a",DURATION=1')]
  ])("refuses %s", (tag, text) => {
    expect(check(text)).toBe(`The playlist has the tag "${tag}", which has no place in it.`)
  })

  it.each([
    ["does not begin with #EXTM3U", valid.slice(1)],
    ["does not begin with #EXTM3U", ""],
    ["does not end with #EXT-X-ENDLIST", valid.replace("#EXT-X-ENDLIST\n", "")],
    ["does not end with #EXT-X-ENDLIST", `${valid}#EXTINF:1\n#EXT-X-BYTERANGE:1@0\n${ours}\n`],
    ["does not end with #EXT-X-ENDLIST", `${valid}#EXT-X-ENDLIST\n`],
    ["is not of the type VOD", valid.replace("TYPE:VOD", "TYPE:EVENT")],
    ["is not of the type VOD", valid.replace("#EXT-X-PLAYLIST-TYPE:VOD\n", "")],
    ["has no init segment before the first segment", valid.replace(/#EXT-X-MAP.*\n/, "")],
    ["has a segment without a byte range", valid.replace("#EXT-X-BYTERANGE:55351@57117\n", "")],
    ["has a segment without a duration", valid.replace("#EXTINF:2.000000,\n", "")],
    ["has no segments", "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-ENDLIST"],
    ['has "0@5" for a byte range', valid.replace("55351@57117", "0@5")],
    ['has "-5@5" for a byte range', valid.replace("55351@57117", "-5@5")],
    ['has "many" for a byte range', valid.replace("1354@0", "many")]
  ])("%s", (problem, text) => {
    expect(check(text)).toBe(`The playlist ${problem}.`)
  })

  it("keeps all ranges inside the file", () => {
    expect(check(valid, size - 1)).toBe("The playlist has the byte range 29819@112468 in a file of 142286 bytes.")
    expect(check(valid.replace("1354@0", "1354@142000"))).toContain("the byte range 1354@142000")
  })

  it("shortens foreign text, and repeats none with control characters", () => {
    expect(check(swap("\u001b[31mred"))).toBe("The playlist has characters that have no place in it.")
    const problem = check(swap("x".repeat(500))) ?? ""
    expect(problem).toContain("xxx…")
    expect(problem.length).toBeLessThan(300)
  })

  it("refers only to our name, with any inserted line", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 15 }), (line, at) => {
        const lines = valid.split("\n")
        const made = [...lines.slice(0, at), line, ...lines.slice(at)].join("\n")
        const names = made.split(/[\r\n]+/).filter((_) => _.trim() !== "" && !_.trim().startsWith("#"))
        return check(made) !== undefined || names.every((name) => name.trim() === ours)
      })
    )
  })

  // What hls.js and others take for the name of a segment, or for the end of a line.
  it.each([
    ["a name behind a duration", valid.replace("#EXTINF:2.000000,", "#EXTINF:2.000000 http://evil.example/x.mp4")],
    ["a title", valid.replace("#EXTINF:2.000000,", "#EXTINF:2.000000,http://evil.example/x.mp4")],
    ["a lone carriage return", valid.replace("#EXT-X-VERSION:7", "#EXT-X-VERSION:7\rhttp://evil.example/x.mp4")],
    ["a line separator", valid.replace("#EXT-X-VERSION:7", "#EXT-X-VERSION:7\u2028http://evil.example/x.mp4")],
    ["blanks before a name", valid.replace(`\n${ours}`, `\n ${ours}`)]
  ])("refuses %s", (_what, text) => {
    expect(check(text)).toMatch(/^The playlist (has|refers)/)
  })
})
