import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option } from "effect"
import {
  buildGraph,
  type GraphKind,
  type GraphNode,
  type GraphOptions,
  manualGraph
} from "../../../src/domain/job/JobGraph.ts"
import { defaults, Resolution } from "../../../src/domain/video/TranscodingSettings.ts"
import { aSummary } from "../fixtures.ts"

const upTo720 = [144, 240, 360, 480, 720] as const
const sound = aSummary({ hasVideo: false, width: 0, height: 0, fps: 0 })

const graph = (
  kind: GraphKind,
  resolutions: ReadonlyArray<Resolution | 0>,
  over: Partial<GraphOptions> = {}
): ReadonlyArray<GraphNode> =>
  buildGraph({
    graph: kind,
    source: aSummary(),
    settings: { ...defaults, resolutions },
    hls: true,
    webVideos: false,
    splitAudio: false,
    audioMerge: false,
    keepSource: false,
    userJobs: 0,
    ...over
  })

const shortNames = {
  "vod-web-video-transcoding": "web",
  "vod-hls-transcoding": "hls",
  "vod-audio-merge-transcoding": "merge"
}

/** `<number> <type> <resolution>@<fps> [<] <number it depends on> <priority>`; numbers begin at 1. */
const rows = (nodes: ReadonlyArray<GraphNode>): ReadonlyArray<string> =>
  nodes.map((node, index) => {
    const parent = Option.match(node.dependsOn, {
      onNone: () => "-",
      onSome: (key) => String(nodes.findIndex((other) => other.key === key) + 1)
    })
    return `${index + 1} ${shortNames[node.type]} ${node.resolution}@${node.fps} ${parent} ${node.priority}`
  })

const keysWhere = (nodes: ReadonlyArray<GraphNode>, is: (node: GraphNode) => boolean): ReadonlyArray<string> =>
  nodes.filter(is).map(({ key }) => key)

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

  it("no rendition is asked for twice when the largest is smaller than the source", () => {
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

describe("every graph", () => {
  const options = fc.record({
    graph: fc.constantFrom<GraphKind>("parallel", "peertube"),
    source: fc
      .record({
        hasVideo: fc.boolean(),
        hasAudio: fc.boolean(),
        width: fc.integer({ min: 1, max: 5000 }),
        height: fc.integer({ min: 1, max: 5000 }),
        fps: fc.integer({ min: 0, max: 240 })
      })
      .filter((source) => source.hasVideo || source.hasAudio)
      .map((source) => aSummary(source.hasVideo ? source : { ...source, width: 0, height: 0, fps: 0 })),
    settings: fc
      .record({
        resolutions: fc.uniqueArray(fc.constantFrom<Resolution | 0>(0, ...Resolution.literals)),
        alwaysTranscodeOriginalResolution: fc.boolean()
      })
      .map((settings) => ({ ...defaults, ...settings })),
    hls: fc.boolean(),
    webVideos: fc.boolean(),
    splitAudio: fc.boolean(),
    audioMerge: fc.boolean(),
    keepSource: fc.boolean(),
    userJobs: fc.nat(1000)
  })

  it("names each node once, and after the one it depends on", () => {
    fc.assert(
      fc.property(options, (given) => {
        const keys = buildGraph(given).map(({ key }) => key)
        expect(new Set(keys).size).toBe(keys.length)
        buildGraph(given).forEach(({ dependsOn }, index) => {
          if (Option.isSome(dependsOn)) expect(keys.slice(0, index)).toContain(dependsOn.value)
        })
      })
    )
  })

  it("makes what is wanted: something to watch, nothing larger than the source, split sound exactly once", () => {
    fc.assert(
      fc.property(options, (given) => {
        const nodes = buildGraph(given)
        const { height, width } = given.source
        const hls = nodes.filter(({ type }) => type === "vod-hls-transcoding")
        expect(hls.length > 0).toBe(given.hls)
        expect(nodes.some((_) => _.canPublish)).toBe(given.hls || given.webVideos || given.graph === "peertube")
        if (given.source.hasVideo) {
          expect(nodes.every((_) => _.resolution <= Math.min(width, height) + 1)).toBe(true)
        }
        const split = hls.filter((_) => _.separatedAudio)
        expect(split.filter((_) => _.resolution === 0)).toHaveLength(split.length > 0 ? 1 : 0)
        expect(split.length === 0 || split.length === hls.length).toBe(true)
      })
    )
  })

  it("never deletes a source that is kept", () => {
    fc.assert(
      fc.property(options, (given) => {
        const deleting = buildGraph({ ...given, keepSource: true }).filter((_) => _.deletesInput)
        expect(deleting).toEqual([])
      })
    )
  })
})
