import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { manualGraph } from "../../../src/domain/job/JobGraph.ts"
import { defaults } from "../../../src/domain/video/TranscodingSettings.ts"
import { aSummary } from "../fixtures.ts"
import { graph, keysWhere, rows, sound } from "./graphs.ts"

const upTo720 = [144, 240, 360, 480, 720] as const

describe("as PeerTube does it", () => {
  it("HLS and progressive files of a fast video", () => {
    const nodes = graph("peertube", [240, 360, 480, 720], {
      source: aSummary({ fps: 60 }),
      webVideos: true,
      userJobs: 3
    })
    expect(rows(nodes)).toEqual([
      "1 web 720@60 - 103",
      "2 hls 720@60 1 103",
      "3 web 480@30 1 10003",
      "4 hls 480@30 3 10003",
      "5 web 360@30 1 10003",
      "6 hls 360@30 5 10003",
      "7 web 240@30 1 10003",
      "8 hls 240@30 7 10003"
    ])
    expect(keysWhere(nodes, (_) => _.required)).toEqual(["web-720", "hls-720"])
    expect(keysWhere(nodes, (_) => _.deletesInput)).toEqual(["web-720"])
    expect(keysWhere(nodes, (_) => !_.canPublish)).toEqual(["web-720"])
    expect(keysWhere(nodes, (_) => _.separatedAudio || _.deletesWebVideos)).toEqual([])
  })

  it("all resolutions: ten jobs, one to begin with, five that wait for it", () => {
    const nodes = graph("peertube", upTo720, { webVideos: true })
    expect(nodes.filter(({ type }) => type === "vod-web-video-transcoding")).toHaveLength(5)
    expect(nodes.filter(({ type }) => type === "vod-hls-transcoding")).toHaveLength(5)
    expect(nodes.filter(({ dependsOn }) => Option.isNone(dependsOn))).toHaveLength(1)
    expect(nodes.filter(({ dependsOn }) => Option.contains(dependsOn, "web-720"))).toHaveLength(5)
  })

  it("split HLS alone", () => {
    const nodes = graph("peertube", [480, 1080], {
      source: aSummary({ width: 1920, height: 1080 }),
      splitAudio: true
    })
    expect(rows(nodes)).toEqual([
      "1 web 1080@30 - 100",
      "2 hls 1080@30 1 100",
      "3 hls 0@0 1 100",
      "4 hls 480@30 1 10000"
    ])
    expect(keysWhere(nodes, (_) => _.separatedAudio)).toEqual(["hls-1080", "hls-0", "hls-480"])
    expect(keysWhere(nodes, (_) => _.deletesWebVideos)).toEqual(["hls-1080", "hls-0"])
    expect(keysWhere(nodes, (_) => _.canPublish)).toEqual(["hls-1080", "hls-0", "hls-480"])
  })

  it("sound that is merged with a picture", () => {
    const nodes = graph("peertube", [144, 240, 360, 480], { source: sound, audioMerge: true, webVideos: true })
    expect(rows(nodes)).toEqual([
      "1 merge 480@25 - 100",
      "2 hls 480@25 1 100",
      "3 web 360@25 1 10000",
      "4 hls 360@25 3 10000",
      "5 web 240@25 1 10000",
      "6 hls 240@25 5 10000",
      "7 web 144@25 1 10000",
      "8 hls 144@25 7 10000"
    ])
    expect(keysWhere(nodes, (_) => Option.contains(_.dependsOn, "merge-480"))).toEqual([
      "hls-480",
      "web-360",
      "web-240",
      "web-144"
    ])
  })

  it("HLS alone: everything waits for the progressive file", () => {
    const nodes = graph("peertube", upTo720)
    expect(rows(nodes)).toEqual([
      "1 web 720@30 - 100",
      "2 hls 720@30 1 100",
      "3 hls 480@30 1 10000",
      "4 hls 360@30 1 10000",
      "5 hls 240@30 1 10000",
      "6 hls 144@30 1 10000"
    ])
    expect(keysWhere(nodes, (_) => _.deletesWebVideos)).toEqual(["hls-720"])
  })

  it("sound alone, where it is enabled: not made twice as HLS", () => {
    const options = { source: aSummary({ height: 240, width: 426 }), webVideos: true }
    expect(rows(graph("peertube", [0, 240], { ...options, splitAudio: true }))).toEqual([
      "1 web 240@30 - 100",
      "2 hls 240@30 1 100",
      "3 hls 0@0 1 100",
      "4 web 0@0 1 10000"
    ])
    expect(rows(graph("peertube", [0, 240], options))).toEqual([
      "1 web 240@30 - 100",
      "2 hls 240@30 1 100",
      "3 web 0@0 1 10000",
      "4 hls 0@0 3 10000"
    ])
  })

  it("a video without sound is not split", () => {
    const nodes = graph("peertube", [0, 720], { source: aSummary({ hasAudio: false }), splitAudio: true })
    expect(rows(nodes)).toEqual(["1 web 720@30 - 100", "2 hls 720@30 1 100"])
    expect(keysWhere(nodes, (_) => _.separatedAudio)).toEqual([])
  })

  it("the root publishes when nothing waits for it", () => {
    const [root, ...rest] = graph("peertube", [720], { hls: false, webVideos: true, keepSource: true })
    expect(rest).toEqual([])
    expect(root).toMatchObject({ canPublish: true, deletesInput: false })
  })

  it("the rate of a merge obeys the maximum", () => {
    const fps = { ...defaults.fps, max: 20 }
    const nodes = graph("peertube", [], {
      source: sound,
      audioMerge: true,
      settings: { ...defaults, resolutions: [], fps }
    })
    expect(rows(nodes)).toEqual(["1 merge 480@20 - 100", "2 hls 480@20 1 100"])
  })

  it("requests no rendition twice when the largest is smaller than the source", () => {
    const source = aSummary({ width: 1919, height: 1079 })
    expect(rows(graph("peertube", [480, 720, 1080], { source }))).toEqual([
      "1 web 720@30 - 100",
      "2 hls 720@30 1 100",
      "3 hls 480@30 1 10000"
    ])
  })
})

describe("certain renditions, as PeerTube does it", () => {
  const options = { source: aSummary({ fps: 60 }), settings: defaults, splitAudio: false }

  it("wait for nothing", () => {
    const nodes = manualGraph({ ...options, kind: "web", resolutions: [480, 720, 0] })
    expect(rows(nodes)).toEqual(["1 web 480@30 - 10000", "2 web 720@60 - 10000", "3 web 0@0 - 10000"])
  })

  it("of split HLS wait for the sound, which has the rate of the largest", () => {
    const nodes = manualGraph({ ...options, kind: "hls", resolutions: [480, 0, 720], splitAudio: true })
    expect(rows(nodes)).toEqual(["1 hls 0@60 - 10000", "2 hls 480@30 1 10000", "3 hls 720@60 1 10000"])
    expect(nodes.every((_) => _.separatedAudio && !_.required)).toBe(true)
  })

  it("of HLS that cannot be split wait for nothing", () => {
    const source = aSummary({ hasAudio: false })
    const nodes = manualGraph({ ...options, source, kind: "hls", resolutions: [480], splitAudio: true })
    expect(rows(nodes)).toEqual(["1 hls 480@30 - 10000"])
    expect(manualGraph({ ...options, kind: "hls", resolutions: [] })).toEqual([])
  })
})
