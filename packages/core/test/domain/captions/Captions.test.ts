import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { addCaption, type Caption, removeCaption, subtitlePlaylist } from "../../../src/domain/captions/Captions.ts"
import { Language } from "../../../src/domain/captions/Languages.ts"
import { captionKey, captionPlaylistKey } from "../../../src/domain/video/FileNames.ts"
import { key, uuid } from "../fixtures.ts"

const place = { destination: key("videos/cat"), baseName: Option.none() }

const aCaption = (n: number, code: string, automatic: boolean): Caption => {
  const language = Language.make(code)
  return {
    language,
    label: code,
    automatic,
    key: captionKey(place, uuid(n)),
    playlistKey: captionPlaylistKey(place, uuid(n))
  }
}
const english = aCaption(1, "en", true)
const french = aCaption(2, "fr", false)

describe("addCaption", () => {
  it("keeps them in order of their codes", () => {
    expect(addCaption([french], english)).toEqual(Option.some({ captions: [english, french], freed: [] }))
  })

  it.each([
    ["a person's, a machine's", aCaption(3, "en", false), english],
    ["a person's, a person's", aCaption(3, "fr", false), french],
    ["a machine's, a machine's", aCaption(3, "en", true), english]
  ])("%s: replaced, and its files are free", (_, added, old) => {
    const change = addCaption([old], added)
    expect(change).toEqual(Option.some({ captions: [added], freed: [old.key, old.playlistKey] }))
  })

  it("a machine's never replaces a person's", () => {
    expect(addCaption([french], aCaption(3, "fr", true))).toEqual(Option.none())
  })

  it("the same again frees nothing", () => {
    expect(addCaption([english], english)).toEqual(Option.some({ captions: [english], freed: [] }))
  })
})

it("removeCaption", () => {
  expect(removeCaption([english, french], french.language)).toEqual({
    captions: [english],
    freed: [french.key, french.playlistKey]
  })
  expect(removeCaption([english], french.language)).toEqual({ captions: [english], freed: [] })
})

it("subtitlePlaylist is one segment as long as the video", () => {
  expect(subtitlePlaylist("a-en.vtt", 61.25)).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:62
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXTINF:61.250,
a-en.vtt
#EXT-X-ENDLIST
`)
})
