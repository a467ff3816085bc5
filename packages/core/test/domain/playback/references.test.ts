import { expect, it } from "vitest"
import { referencesOf, replaceReferences } from "../../../src/domain/playback/references.ts"
import { storyboardFor, thumbnailsTrack } from "../../../src/domain/storyboard/Storyboard.ts"
import { aSummary } from "../fixtures.ts"

const media = `#EXTM3U
#EXT-X-MAP:URI="a-480-fragmented.mp4",BYTERANGE="100@0"
#EXTINF:4.0,
#EXT-X-BYTERANGE:500@100
a-480-fragmented.mp4
#EXTINF:2.0,
#EXT-X-BYTERANGE:300@600
a-480-fragmented.mp4
#EXT-X-ENDLIST
`

it("names each file of a playlist once", () => {
  expect(referencesOf("playlist", media)).toEqual(["a-480-fragmented.mp4"])
  const master =
    '#EXTM3U\r\n#EXT-X-MEDIA:TYPE=AUDIO,NAME="URI",URI="audio.m3u8"\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\n480.m3u8\r\n'
  expect(referencesOf("playlist", master)).toEqual(["audio.m3u8", "480.m3u8"])
})

it("leaves out addresses and paths of other places", () => {
  const foreign = ["https://media.example/a.ts", "//media.example/a.ts", "/a.ts", "../a.ts", "b/a.ts", "a.ts?b", "a\\b"]
  expect(referencesOf("playlist", ["#EXTM3U", ...foreign, "own.ts"].join("\n"))).toEqual(["own.ts"])
})

it("replaces names in every line and attribute, and nothing else", () => {
  const changed = replaceReferences("playlist", media, new Map([["a-480-fragmented.mp4", "x.mp4?token=$1"]]))
  expect(changed).toBe(media.replaceAll("a-480-fragmented.mp4", () => "x.mp4?token=$1"))
  expect(replaceReferences("nothing", media, new Map([["a-480-fragmented.mp4", "x"]]))).toBe(media)
})

it("finds the picture of a thumbnail track in front of the fragment of each cue", () => {
  const storyboard = storyboardFor(aSummary())
  const track = storyboard._tag === "Some" ? thumbnailsTrack(storyboard.value, "sprites.jpg") : ""
  expect(track.split("sprites.jpg").length).toBeGreaterThan(50)
  expect(referencesOf("track", track)).toEqual(["sprites.jpg"])
  const changed = replaceReferences("track", track, new Map([["sprites.jpg", "sprites.jpg?token=a"]]))
  expect(changed).toBe(track.replaceAll("sprites.jpg#", "sprites.jpg?token=a#"))
})
