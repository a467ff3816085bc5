import { describe, expect, it } from "vitest"
import { mediaTypeOf } from "../../../src/domain/media/MediaTypes.ts"

describe("mediaTypeOf", () => {
  it.each([
    ["a/b-240-fragmented.mp4", "video/mp4"],
    ["a/B.M3U8", "application/vnd.apple.mpegurl"],
    ["a.jpg", "image/jpeg"],
    ["a.mp4/plain", "application/octet-stream"],
    ["mp4", "application/octet-stream"],
    ["a.html", "application/octet-stream"],
    ["a.svg", "application/octet-stream"]
  ])("%s is %s", (name, type) => {
    expect(mediaTypeOf(name)).toBe(type)
  })
})
