import { expect, it } from "vitest"
import { mapUris } from "../../../src/domain/hls/PlaylistUris.ts"

const media = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-MAP:URI="a-480-fragmented.mp4",BYTERANGE="100@0"
#EXTINF:4.0,
#EXT-X-BYTERANGE:500@100
a-480-fragmented.mp4
#EXTINF:2.0,
#EXT-X-BYTERANGE:300@600
a-480-fragmented.mp4
#EXT-X-ENDLIST
`

it("replaces URIs and nothing else", () => {
  const changed = mapUris(media, (name) => `https://media.example/${name}?a=1&b=$1`)
  expect(changed).toBe(
    media.replaceAll("a-480-", () => "https://media.example/a-480-").replaceAll(".mp4", () => ".mp4?a=1&b=$1")
  )
})
