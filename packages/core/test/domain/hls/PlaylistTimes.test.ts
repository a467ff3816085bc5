import { describe, expect, it } from "@effect/vitest"
import { Either, Option } from "effect"
import { checkFragments, fitPlaylist, segmentSeconds } from "../../../src/domain/hls/PlaylistTimes.ts"
import type { Timeline } from "../../../src/domain/mp4/index.ts"

const playlist = (seconds: ReadonlyArray<number>, target = 4) =>
  [
    "#EXTM3U",
    `#EXT-X-TARGETDURATION:${target}`,
    ...seconds.flatMap((one) => [`#EXTINF:${one.toFixed(6)},`, "video.mp4"]),
    "#EXT-X-ENDLIST",
    ""
  ].join("\n")

const durationsOf = (text: string, media: number | undefined) =>
  Either.match(fitPlaylist(text, Option.fromNullable(media)), {
    onLeft: ({ message }) => message,
    onRight: (fitted) => fitted
  })

describe("the durations of a playlist", () => {
  it("stay as they are when they add up to the media, or the media is not known", () => {
    const text = playlist([4, 4, 2])
    expect(durationsOf(text, 10)).toBe(text)
    expect(durationsOf(text, 10.2)).toBe(text)
    expect(durationsOf(text, 9.2)).toBe(text)
    expect(durationsOf(text, undefined)).toBe(text)
  })

  it("include the sound after the last picture", () => {
    expect(segmentSeconds(durationsOf(playlist([4, 1]), 15))).toEqual([4, 11])
    expect(segmentSeconds(durationsOf(playlist([0.08], 0), 15))).toEqual([15])
    expect(durationsOf(playlist([4, 1]), 15)).toContain("#EXT-X-TARGETDURATION:11\n")
  })

  it("are no longer than the target", () => {
    expect(durationsOf(playlist([4, 8.6]), 12.6)).toContain("#EXT-X-TARGETDURATION:9\n")
    expect(durationsOf(playlist([0.4], 0), 0.4)).toContain("#EXT-X-TARGETDURATION:1\n")
    expect(durationsOf(playlist([4.4, 2]), 6.4)).toContain("#EXT-X-TARGETDURATION:4\n")
    expect(durationsOf(playlist([4]).replace(/#EXT-X-TARGET.*\n/, ""), 4)).toContain(
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n"
    )
  })

  it("must not promise more than there is", () => {
    expect(durationsOf(playlist([4, 4, 4]), 6)).toBe("The playlist lasts 12 s although its media lasts 6 s.")
  })
})

describe("a short last segment", () => {
  const segment = (seconds: number, range: string, name = "video.mp4") =>
    `#EXTINF:${seconds.toFixed(6)},\n#EXT-X-BYTERANGE:${range}\n${name}\n`
  const whole = (...segments: ReadonlyArray<string>) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:4\n${segments.join("")}#EXT-X-ENDLIST\n`
  const fitted = (text: string) => durationsOf(text, undefined)

  it("is joined with the one before it, as players wait for it forever", () => {
    expect(fitted(whole(segment(4, "500@100"), segment(4.017052, "800@600"), segment(0.02322, "164@1400")))).toBe(
      whole(segment(4, "500@100"), segment(4.040272, "964@600"))
    )
    expect(fitted(whole(segment(4, "500@100"), segment(0.249, "1@600")))).toBe(whole(segment(4.249, "501@100")))
  })

  it("stays when it is a quarter of a second long, alone, or not adjacent in the same file", () => {
    for (const text of [
      whole(segment(4, "500@100"), segment(0.25, "164@600")),
      whole(segment(0.02, "164@100")),
      whole(segment(4, "500@100"), segment(0.02, "164@601")),
      whole(segment(4, "500@100"), segment(0.02, "164@600", "other.mp4")),
      whole(segment(4, "500@100"), "#EXT-X-DISCONTINUITY\n", segment(0.02, "164@600"))
    ]) {
      expect(fitted(text)).toBe(text)
    }
  })
})

describe("the fragments behind a playlist", () => {
  const track = (kind: "video" | "audio", end: number, by?: number): Timeline[number] => ({
    track: { id: 1, kind, codec: "", timescale: 1000, edits: [], editsTypeAt: Option.none(), sampleDuration: 0 },
    samples: 10,
    start: 0,
    end: end * 1000,
    earliest: 0,
    largestNarrow: Option.none(),
    break: Option.map(Option.fromNullable(by), (by) => ({ track: kind, at: 4, by }))
  })
  const check = (timeline: Timeline) =>
    Either.match(checkFragments(playlist([4, 4, 2]), timeline), {
      onLeft: ({ message }) => message,
      onRight: () => undefined
    })

  it("play to their end", () => {
    expect(check([track("video", 10), track("audio", 10)])).toBeUndefined()
    expect(check([track("video", 10), track("audio", 8.1)])).toBeUndefined()
    expect(check([track("video", 5), track("audio", 10)])).toBeUndefined()
    expect(check([track("video", 10)])).toBeUndefined()
    expect(check([track("video", 10, 0.9), track("audio", 10, -0.9)])).toBeUndefined()
  })

  it.each([
    [[track("video", 10), track("audio", 8)], "has a last segment without sound, which ends after 8 s of 10 s"],
    [[track("video", 10, 2)], "belongs to media with a gap of 2 s in the video at 4 s"],
    [[track("video", 10), track("audio", 10, -1.5)], "belongs to media with an overlap of 1.5 s in the audio at 4 s"],
    [[], "belongs to a media file without fragments"]
  ])("are refused: %#", (timeline, problem) => {
    expect(check(timeline)).toBe(`The playlist ${problem}.`)
  })
})
