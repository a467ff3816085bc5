import { describe, expect, it } from "@effect/vitest"
import { Either, Option } from "effect"
import { checkLiveMaster, replayPlaylist, segmentsIn } from "../../src/domain/LivePlaylists.ts"
import { replayInput } from "../../src/domain/LiveReplay.ts"

const live = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXTINF:4.017056,
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T20:23:33.600+0000
1-000007.ts
#EXTINF:3.5,
1-000008.ts
`
const segments = [
  { name: "1-000007.ts", duration: 4.017056 },
  { name: "1-000008.ts", duration: 3.5 }
]

describe("segmentsIn", () => {
  it("reads what ffmpeg writes, cut anywhere, ended or not", () => {
    expect(segmentsIn(live)).toEqual(Either.right(segments))
    expect(segmentsIn(`${live}#EXT-X-ENDLIST\n`)).toEqual(Either.right(segments))
    expect(segmentsIn(live.replaceAll("\n", "\r\n"))).toEqual(Either.right(segments))
    expect(segmentsIn(live.slice(0, live.indexOf("#EXTINF:3.5")))).toEqual(Either.right(segments.slice(0, 1)))
  })

  it.each([
    ["no playlist", "1-000007.ts\n"],
    ["an address", live.replace("1-000008.ts", "https://example.org/1-000008.ts")],
    ["another file", live.replace("1-000008.ts", "../1-000008.ts")],
    ["a playlist among the segments", live.replace("1-000008.ts", "1.m3u8")],
    ["a key", live.replace("#EXTINF:3.5", '#EXT-X-KEY:METHOD=AES-128,URI="https://example.org"\n#EXTINF:3.5')],
    ["an init segment", live.replace("#EXTINF:3.5", '#EXT-X-MAP:URI="a.mp4"\n#EXTINF:3.5')],
    ["an address behind a duration", live.replace("3.5,", "3.5 https://example.org/a.ts")],
    ["an address in a title", live.replace("3.5,", "3.5, https://example.org/a.ts")],
    ["an address after a carriage return", live.replace("VERSION:6", "VERSION:6\rhttps://example.org/a.ts")],
    ["an address after a line separator", live.replace("VERSION:6", "VERSION:6\u2028https://example.org/a.ts")],
    ["a name that does not begin its line", live.replace("1-000008.ts", " 1-000008.ts")],
    ["no duration", live.replace("#EXTINF:3.5,\n", "")],
    ["a duration that is none", live.replace("3.5", "long")]
  ])("refuses %s", (_, text) => {
    expect(Either.isLeft(segmentsIn(text))).toBe(true)
  })
})

describe("checkLiveMaster", () => {
  const master = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="group_audio",NAME="audio_0",DEFAULT=YES,URI="0.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=75900,RESOLUTION=320x180,CODECS="avc1.f4000c,mp4a.40.2",AUDIO="group_audio"
1.m3u8
`

  it("accepts what ffmpeg writes", () => {
    expect(checkLiveMaster(master)).toEqual(Either.void)
  })

  it.each([
    ["an address", master.replace("\n1.m3u8", "\nhttps://example.org/1.m3u8")],
    ["an address in a tag", master.replace("0.m3u8", "//example.org/0.m3u8")],
    ["an address without quotes", master.replace('"0.m3u8"', "//example.org/0.m3u8")],
    ["a key", `${master}#EXT-X-SESSION-KEY:METHOD=AES-128,URI="0.m3u8"\n`],
    ["a segment", master.replace("\n1.m3u8", "\n1-000001.ts")]
  ])("refuses %s", (_, text) => {
    expect(Either.isLeft(checkLiveMaster(text))).toBe(true)
  })
})

describe("replayPlaylist", () => {
  it("is a finished playlist of all segments", () => {
    expect(replayPlaylist(segments)).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:5
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXTINF:4.017056,
1-000007.ts
#EXTINF:3.500000,
1-000008.ts
#EXT-X-ENDLIST
`)
  })

  it("can be read again, however long", () => {
    const many = Array.from({ length: 150_000 }, (_, n) => ({ name: `0-${n}.ts`, duration: 2 }))
    expect(Either.map(segmentsIn(replayPlaylist(many)), (_) => _.length)).toEqual(Either.right(150_000))
    expect(segmentsIn(replayPlaylist(segments))).toEqual(Either.right(segments))
  })

  it("says where something is missing", () => {
    const gap = [...segments, { name: "1-000010.ts", duration: 4 }]
    expect(replayPlaylist(gap)).toContain("1-000008.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:4.000000,\n1-000010.ts")
  })
})

describe("replayInput", () => {
  const rung = (resolution: number) => ({ resolution, fps: resolution === 0 ? 0 : 30 })
  const asked = [rung(480), rung(720), rung(0)]

  it("is the largest picture and the sound, in order", () => {
    const names = ["2-000010.ts", "2-000009.ts", "1-000000.ts", "0-000001.ts", "0-000000.ts", "0-000000.ts", "x.ts"]
    expect(replayInput({ asked, names })).toEqual({
      picture: Option.some({ ...rung(720), variant: 2, chunks: ["2-000009.ts", "2-000010.ts"] }),
      sound: Option.some({ ...rung(0), variant: 0, chunks: ["0-000000.ts", "0-000001.ts"] })
    })
  })

  it("orders by number, not by letters", () => {
    const { picture } = replayInput({ asked, names: ["2-1000000.ts", "2-999999.ts"] })
    expect(Option.map(picture, ({ chunks }) => chunks)).toEqual(Option.some(["2-999999.ts", "2-1000000.ts"]))
  })

  it("takes a smaller picture when the largest never came", () => {
    const { picture, sound } = replayInput({ asked, names: ["1-000000.ts"] })
    expect(Option.map(picture, ({ resolution }) => resolution)).toEqual(Option.some(480))
    expect(sound).toEqual(Option.none())
  })

  it("has no picture when the live is sound alone", () => {
    const made = replayInput({ asked: [rung(0)], names: ["0-000000.ts"] })
    expect(made.picture).toEqual(Option.none())
    expect(Option.map(made.sound, ({ chunks }) => chunks)).toEqual(Option.some(["0-000000.ts"]))
  })
})
