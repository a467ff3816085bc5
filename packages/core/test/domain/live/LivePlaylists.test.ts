import { describe, expect, it } from "@effect/vitest"
import { Either, Option } from "effect"
import { isBehind, lastNumber, segmentsIn, variantsIn } from "../../../src/domain/live/LivePlaylists.ts"
import { replayInput } from "../../../src/domain/live/LiveReplay.ts"

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
    ["a list without its first line", live.slice(live.indexOf("\n") + 1)],
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

describe("variantsIn", () => {
  const master = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="group_audio",NAME="audio_0",DEFAULT=YES,URI="0.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=75900,RESOLUTION=320x180,CODECS="avc1.f4000c,mp4a.40.2",AUDIO="group_audio"
1.m3u8
`

  it("reads what ffmpeg writes", () => {
    expect(variantsIn(master)).toEqual(Either.right(["0.m3u8", "1.m3u8"]))
  })

  it.each([
    ["an address", master.replace("\n1.m3u8", "\nhttps://example.org/1.m3u8")],
    ["an address in a tag", master.replace("0.m3u8", "//example.org/0.m3u8")],
    ["an address without quotes", master.replace('"0.m3u8"', "//example.org/0.m3u8")],
    ["a key", `${master}#EXT-X-SESSION-KEY:METHOD=AES-128,URI="0.m3u8"\n`],
    ["a segment", master.replace("\n1.m3u8", "\n1-000001.ts")]
  ])("refuses %s", (_, text) => {
    expect(Either.isLeft(variantsIn(text))).toBe(true)
  })
})

describe("isBehind", () => {
  const longer = `${live}#EXTINF:4.0,\n1-000009.ts\n`
  const slid = live.replace("SEQUENCE:7", "SEQUENCE:8").replace("#EXTINF:4.017056,\n", "").replace("1-000007.ts\n", "")

  it.each([
    ["fewer segments", live, longer],
    ["the same ones, before the first was dropped", live, slid],
    ["the same ones, before the end", live, `${live}#EXT-X-ENDLIST\n`],
    ["the same ones, in lines of another system", live, `${live}#EXT-X-ENDLIST\n`.replaceAll("\n", "\r\n")]
  ])("%s", (_, behind, ahead) => {
    expect([isBehind(behind, ahead), isBehind(ahead, behind)]).toEqual([true, false])
  })

  it("knows nothing of segments without numbers, nor of lists without segments", () => {
    const named = live.replace("1-000008.ts", "last.ts")
    for (const other of [named, "#EXTM3U\n", "", live]) {
      expect([isBehind(live, other), isBehind(other, live)]).toEqual([false, false])
    }
    expect([lastNumber(live), lastNumber(named)]).toEqual([Option.some(8), Option.none()])
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
