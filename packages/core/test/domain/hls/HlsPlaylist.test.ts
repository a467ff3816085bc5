import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { Language } from "../../../src/domain/captions/Languages.ts"
import { masterPlaylist } from "../../../src/domain/hls/HlsPlaylist.ts"
import { aFile, key, uuid } from "../fixtures.ts"

const high = aFile(1)
const low = aFile(2, { resolution: 240, width: 426, height: 240, size: 1_234_567, duration: Option.some(60) })
const picture = aFile(3, { hasAudio: false, codecs: ["avc1.64001e"] })
const sound = aFile(4, {
  resolution: 0,
  fps: 0,
  width: 0,
  height: 0,
  hasVideo: false,
  codecs: ["mp4a.40.2"],
  size: 81_000
})

const text = (...lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")

describe("masterPlaylist", () => {
  it("one file with both tracks", () => {
    expect(masterPlaylist([high])).toBe(
      text(
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "",
        "",
        "",
        '#EXT-X-STREAM-INF:BANDWIDTH=350256,RESOLUTION=854x480,FRAME-RATE=30,CODECS="avc1.64001e,mp4a.40.2"',
        `${uuid(1)}-480.m3u8`
      )
    )
  })

  it("marks HDR, as players take all else for SDR", () => {
    const lines = masterPlaylist([high, aFile(2, { videoRange: "PQ" })]).split("\n")
    const ranges = lines.filter((line) => line.includes("STREAM-INF")).map((line) => /VIDEO-RANGE=\w+/.exec(line)?.[0])
    expect(ranges).toEqual([undefined, "VIDEO-RANGE=PQ"])
  })

  it("several files, lowest first", () => {
    expect(masterPlaylist([high, low])).toBe(
      text(
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "",
        "",
        "",
        '#EXT-X-STREAM-INF:BANDWIDTH=164609,RESOLUTION=426x240,FRAME-RATE=30,CODECS="avc1.64001e,mp4a.40.2"',
        `${uuid(2)}-240.m3u8`,
        '#EXT-X-STREAM-INF:BANDWIDTH=350256,RESOLUTION=854x480,FRAME-RATE=30,CODECS="avc1.64001e,mp4a.40.2"',
        `${uuid(1)}-480.m3u8`
      )
    )
  })

  it("split sound", () => {
    expect(masterPlaylist([picture, sound])).toBe(
      text(
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "",
        "",
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",AUTOSELECT=YES,DEFAULT=YES,URI="${uuid(4)}-0.m3u8"`,
        "",
        '#EXT-X-STREAM-INF:BANDWIDTH=350256,RESOLUTION=854x480,FRAME-RATE=30,CODECS="avc1.64001e,mp4a.40.2",AUDIO="audio"',
        `${uuid(3)}-480.m3u8`
      )
    )
  })

  it("sound alone", () => {
    expect(masterPlaylist([sound])).toBe(
      text(
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "",
        "",
        "",
        '#EXT-X-STREAM-INF:BANDWIDTH=129600,CODECS="mp4a.40.2"',
        `${uuid(4)}-0.m3u8`
      )
    )
  })

  it("sound beside a file that has its own is in neither list", () => {
    expect(masterPlaylist([high, sound])).toBe(masterPlaylist([high]))
  })

  it("video alone twice is not split: there is no sound", () => {
    const made = masterPlaylist([picture, { ...low, hasAudio: false }])
    expect(made).not.toContain("AUDIO")
    expect(made.match(/#EXT-X-STREAM-INF/g)).toHaveLength(2)
  })

  it("without a duration the size stands for the bandwidth", () => {
    expect(masterPlaylist([{ ...high, duration: Option.none() }])).toContain("BANDWIDTH=218910,")
  })

  it("unknown codecs are left out, those of the sound too; so is an unknown frame rate", () => {
    const made = masterPlaylist([{ ...picture, codecs: [], fps: 0 }, sound])
    expect(made).toContain('#EXT-X-STREAM-INF:BANDWIDTH=350256,RESOLUTION=854x480,AUDIO="audio"\n')
  })

  it("a frame rate of 1 is one", () => {
    expect(masterPlaylist([{ ...high, fps: 1 }])).toContain("FRAME-RATE=1,")
  })

  it("names the playlists as they lie beside it", () => {
    expect(masterPlaylist([high, low])).not.toContain("videos/")
  })
})

describe("masterPlaylist with captions", () => {
  const track = (code: string, label: string) => ({
    language: Language.make(code),
    label,
    playlistKey: key(`videos/cat/${uuid(9)}-${code}.m3u8`)
  })
  const english = track("en", "English")
  const brazilian = track("pt-BR", "Brazilian Portuguese")

  it("lists them before the sound, and names their group last on each stream", () => {
    expect(masterPlaylist([picture, sound], [english, brazilian])).toBe(
      text(
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "",
        `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",DEFAULT=NO,AUTOSELECT=NO,FORCED=NO,LANGUAGE="en",URI="${uuid(9)}-en.m3u8"`,
        `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Brazilian Portuguese",DEFAULT=NO,AUTOSELECT=NO,FORCED=NO,LANGUAGE="pt-BR",URI="${uuid(9)}-pt-BR.m3u8"`,
        "",
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",AUTOSELECT=YES,DEFAULT=YES,URI="${uuid(4)}-0.m3u8"`,
        "",
        '#EXT-X-STREAM-INF:BANDWIDTH=350256,RESOLUTION=854x480,FRAME-RATE=30,CODECS="avc1.64001e,mp4a.40.2",AUDIO="audio",SUBTITLES="subtitles"',
        `${uuid(3)}-480.m3u8`
      )
    )
  })

  it("on every stream", () => {
    expect(masterPlaylist([high, low], [english]).match(/,SUBTITLES="subtitles"\n/g)).toHaveLength(2)
    expect(masterPlaylist([sound], [english])).toContain('CODECS="mp4a.40.2",SUBTITLES="subtitles"\n')
  })

  it("a label cannot break out of its quotes", () => {
    const made = masterPlaylist([high], [{ ...english, label: 'E"\r\n#EXT-X-KEY:URI="x\u2028' }])
    expect(made).toContain("NAME=\"E' #EXT-X-KEY:URI='x \",DEFAULT=NO")
    expect(made.split("\n").filter((line) => line.startsWith("#EXT-X-KEY"))).toEqual([])
  })

  it("without any it is as before", () => {
    expect(masterPlaylist([high], [])).toBe(masterPlaylist([high]))
  })
})
