import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option, Schema } from "effect"
import {
  presentSprites,
  Storyboard,
  storyboardFor,
  thumbnailsTrack
} from "../../../src/domain/storyboard/Storyboard.ts"
import { aSummary } from "../fixtures.ts"

const storyboard = (seconds: number, width = 1280, height = 720): Storyboard =>
  Option.getOrThrow(storyboardFor(aSummary({ duration: Option.some(seconds), width, height })))

describe("the geometry", () => {
  it.each([
    [1280, 720, 192, 108],
    [640, 480, 192, 144],
    [1080, 1920, 108, 192],
    [2560, 1080, 192, 81],
    [500, 500, 192, 192],
    [5000, 2, 192, 1]
  ])("%i x %i: tiles of %i x %i", (width, height, w, h) => {
    expect(storyboard(60, width, height).sprite).toEqual({ width: w, height: h })
  })

  it.each([
    [3, 1, 3, 3, 1],
    [11, 1, 11, 11, 1],
    [12, 1, 12, 6, 2],
    [13, 1, 13, 7, 2],
    [23, 1, 23, 8, 3],
    [60, 1, 60, 10, 6],
    [121, 1, 121, 11, 11],
    [122, 2, 61, 11, 6],
    [150, 2, 75, 11, 7],
    [300, 3, 100, 10, 10],
    [600, 5, 120, 11, 11],
    [3600, 30, 120, 11, 11]
  ])("%i s: a tile every %i s, %i of them, %i x %i", (seconds, interval, total, width, height) => {
    expect(storyboard(seconds)).toMatchObject({ interval, total, grid: { width, height } })
  })

  it.each([
    ["too short", { duration: Option.some(2.9) }],
    ["of unknown length", { duration: Option.none() }],
    ["without a picture", { hasVideo: false, width: 0, height: 0 }]
  ])("none for a video %s", (_, over) => {
    expect(storyboardFor(aSummary(over))).toEqual(Option.none())
  })

  it("is in the payload of the runner", () => {
    expect(presentSprites(storyboard(60))).toEqual({
      size: { width: 192, height: 108 },
      count: { width: 10, height: 6 },
      duration: 1
    })
  })

  it("holds all tiles in rows of at most eleven, never more rows than columns", () => {
    const seconds = fc.double({ min: 3, max: 400_000, noNaN: true })
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 1, max: 8000 }), (d, w, h) => {
        const made = storyboard(d, w, h)
        expect(Schema.is(Storyboard)(made)).toBe(true)
        expect(made.total).toBeLessThanOrEqual(made.grid.width * made.grid.height)
        expect(made.grid.height).toBeLessThanOrEqual(made.grid.width)
        expect(made.grid.width).toBeLessThanOrEqual(11)
        expect(made.total * made.interval).toBeGreaterThanOrEqual(Math.round(d))
      })
    )
  })
})

describe("the track", () => {
  it("names each tile, row by row, and ends with the video", () => {
    expect(thumbnailsTrack({ ...storyboard(3.5), total: 4, grid: { width: 2, height: 2 } }, "s.jpg")).toBe(
      `WEBVTT

00:00:00.000 --> 00:00:01.000
s.jpg#xywh=0,0,192,108

00:00:01.000 --> 00:00:02.000
s.jpg#xywh=192,0,192,108

00:00:02.000 --> 00:00:03.000
s.jpg#xywh=0,108,192,108

00:00:03.000 --> 00:00:03.500
s.jpg#xywh=192,108,192,108
`
    )
  })

  it("counts hours, to the millisecond", () => {
    const track = thumbnailsTrack(storyboard(3600.0416), "s.jpg")
    expect(track).toContain("00:59:30.000 --> 01:00:00.042\n")
    expect(track.match(/-->/g)).toHaveLength(120)
  })

  it("leaves out the last tile when it stays black", () => {
    const made = storyboard(3605)
    expect(made.total).toBe(121)
    expect(thumbnailsTrack(made, "s.jpg")).toMatch(/00:59:30.000 --> 01:00:05.000\n.*\n$/)
    expect(thumbnailsTrack(storyboard(3620), "s.jpg").match(/-->/g)).toHaveLength(121)
  })

  it("covers the video without a gap, with tiles of the picture", () => {
    fc.assert(
      fc.property(fc.double({ min: 3, max: 400_000, noNaN: true }), (d) => {
        const made = storyboard(d)
        const cues = [...thumbnailsTrack(made, "s.jpg").matchAll(/^(\S+) --> (\S+)\n.*xywh=(\d+),(\d+),/gm)]
        expect(cues[0]?.[1]).toBe("00:00:00.000")
        expect(cues.every((cue, index) => index === 0 || cue[1] === cues[index - 1]?.[2])).toBe(true)
        expect(cues.every(([, start = "", end = ""]) => start.padStart(20) < end.padStart(20))).toBe(true)
        expect(cues.every(([, , , x]) => Number(x) < made.grid.width * 192)).toBe(true)
        expect(cues.every(([, , , , y]) => Number(y) < made.grid.height * 108)).toBe(true)
      })
    )
  })
})
