import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Option } from "effect"
import { buildGraph, type GraphKind } from "../../../src/domain/job/JobGraph.ts"
import { defaults, Resolution } from "../../../src/domain/video/TranscodingSettings.ts"
import { aSummary } from "../fixtures.ts"

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

  it("makes a watchable graph: nothing larger than the source, split audio exactly once", () => {
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
