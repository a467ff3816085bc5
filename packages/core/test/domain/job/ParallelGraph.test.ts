import { describe, expect, it } from "@effect/vitest"
import type { GraphOptions } from "../../../src/domain/job/JobGraph.ts"
import { aSummary } from "../fixtures.ts"
import { graph, keysWhere, rows, sound } from "./graphs.ts"

describe("all at once", () => {
  it("HLS, lowest first", () => {
    const nodes = graph("parallel", [360, 480, 720])
    expect(rows(nodes)).toEqual(["1 hls 360@30 - 100", "2 hls 480@30 - 101", "3 hls 720@30 - 102"])
    expect(keysWhere(nodes, (_) => _.required)).toEqual(["hls-360"])
    expect(keysWhere(nodes, (_) => _.deletesInput || _.deletesWebVideos || !_.canPublish)).toEqual([])
  })

  it("split: the sound before all pictures", () => {
    const nodes = graph("parallel", [0, 360, 720], { splitAudio: true })
    expect(rows(nodes)).toEqual(["1 hls 0@0 - 100", "2 hls 360@30 - 101", "3 hls 720@30 - 102"])
    expect(nodes.every((_) => _.separatedAudio)).toBe(true)
    expect(keysWhere(nodes, (_) => _.required)).toEqual(["hls-0", "hls-360"])
  })

  it.each([
    [true, { shown: { start: 0, end: 16 }, heard: { start: 0, end: 15.4 } }],
    [true, { shown: { start: 0, end: 16 }, heard: { start: 2, end: 6 } }],
    [false, { shown: { start: 0, end: 16 }, heard: { start: 0, end: 15.95 } }],
    [false, { shown: { start: 0, end: 16 }, heard: { start: 0, end: 20 } }],
    [false, { shown: { start: 0, end: 16 } }],
    [true, { shown: { start: 0, end: 16 }, heard: { start: 5.4, end: 16 } }],
    [true, { shown: { start: 5, end: 16 }, heard: { start: 0, end: 16 } }],
    [false, { shown: { start: 3, end: 16 }, heard: { start: 0, end: 16 } }],
    [false, { shown: { start: 0, end: 16 }, heard: { start: 3, end: 16 } }]
  ])("split (%o) where the sound ends before the picture, or one of them begins late: %o", (isSplit, spans) => {
    for (const kind of ["parallel", "peertube"] as const) {
      const all = graph(kind, [360], { source: aSummary(spans) })
      const nodes = all.filter((_) => _.type === "vod-hls-transcoding")
      expect(nodes.map((_) => _.resolution).sort()).toEqual(isSplit ? [0, 360] : [360])
      expect(nodes.every((_) => _.separatedAudio === isSplit)).toBe(true)
    }
  })

  it("sound alone beside renditions with sound comes last", () => {
    const nodes = graph("parallel", [0, 360], { webVideos: true })
    expect(rows(nodes)).toEqual(["1 hls 360@30 - 100", "2 web 360@30 - 101", "3 hls 0@0 - 102", "4 web 0@0 - 103"])
    expect(keysWhere(nodes, (_) => _.required)).toEqual(["hls-360", "web-360"])
  })

  it("progressive files alone, or beside HLS, or neither", () => {
    const keys = (over: Partial<GraphOptions>) => graph("parallel", [360, 720], over).map(({ key }) => key)
    expect(keys({ hls: false, webVideos: true, splitAudio: true })).toEqual(["web-360", "web-720"])
    expect(keys({ webVideos: true })).toEqual(["hls-360", "web-360", "hls-720", "web-720"])
    expect(keys({ hls: false })).toEqual([])
  })

  it("a merge comes first, and all that is made of it waits for it", () => {
    const options = { source: sound, audioMerge: true }
    const nodes = graph("parallel", [240, 480], { ...options, splitAudio: true })
    expect(rows(nodes)).toEqual(["1 merge 480@25 - 100", "2 hls 0@0 1 101", "3 hls 240@25 1 102", "4 hls 480@25 1 103"])
    expect(keysWhere(nodes, (_) => _.deletesInput)).toEqual(["merge-480"])
    expect(keysWhere(nodes, (_) => !_.canPublish)).toEqual(["merge-480"])
    expect(keysWhere(nodes, (_) => _.required)).toEqual(["merge-480", "hls-0", "hls-240"])
  })

  it("a merge is itself the progressive file of its size", () => {
    const nodes = graph("parallel", [240, 480], { source: sound, audioMerge: true, webVideos: true, keepSource: true })
    expect(rows(nodes)).toEqual([
      "1 merge 480@25 - 100",
      "2 hls 240@25 1 101",
      "3 web 240@25 1 102",
      "4 hls 480@25 1 103"
    ])
    expect(keysWhere(nodes, (_) => _.deletesInput || !_.canPublish)).toEqual([])
  })

  it("sound that is not merged", () => {
    const nodes = graph("parallel", [0, 360], { source: sound, webVideos: true, splitAudio: true })
    expect(rows(nodes)).toEqual(["1 hls 0@0 - 100", "2 web 0@0 - 101"])
    expect(nodes.some((_) => _.separatedAudio)).toBe(false)
  })
})
