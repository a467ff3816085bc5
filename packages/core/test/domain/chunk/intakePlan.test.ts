import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { intakePlan } from "../../../src/domain/chunk/intakePlan.ts"
import { defaultPlan, type TranscodingPlan } from "../../../src/domain/video/TranscodingPlan.ts"
import { defaults } from "../../../src/domain/video/TranscodingSettings.ts"

const source = (seconds: number, hasVideo = true) => ({
  ...{ duration: Option.some(seconds), size: 1000, hasVideo, hasAudio: true, width: 1280, height: 720, fps: 25 }
})

const decide = (seconds: number, plan: Partial<TranscodingPlan> = {}, hasVideo = true) => {
  const decided = intakePlan({ ...defaultPlan, settings: defaults, ...plan }, source(seconds, hasVideo))
  return [decided.plan.graph, decided.plan.splitAudio, Option.getOrUndefined(decided.reason)] as const
}

describe("the graph of a new video", () => {
  it("is in chunks when the film is long enough, and its audio is apart", () => {
    expect(decide(180)).toEqual(["chunked", true, undefined])
    expect(decide(180, { webVideos: true })).toEqual(["chunked", true, undefined])
    expect(decide(60, { settings: { ...defaults, chunkMinDuration: 60 } })).toEqual(["chunked", true, undefined])
  })

  it("is whole where chunks gain nothing, without a reason", () => {
    expect(decide(179)).toEqual(["parallel", false, undefined])
    expect(decide(3600, { hls: false, webVideos: true })).toEqual(["parallel", false, undefined])
    expect(decide(3600, {}, false)).toEqual(["parallel", false, undefined])
  })

  it("is whole with a reason when chunks were requested, or when a long film does not keep its source", () => {
    expect(decide(179, { graph: "chunked" })[2]).toMatch(/too short/)
    expect(decide(180, { graph: "chunked", hls: false })[2]).toMatch(/HLS/)
    expect(decide(180, { keepSource: false })).toEqual(["parallel", false, expect.stringMatching(/source is kept/)])
  })

  it.each([
    ["audio", { shown: { start: 0, end: 3600 }, heard: { start: 1.1, end: 3600 } }],
    ["picture", { shown: { start: 1.1, end: 3600 }, heard: { start: 0, end: 3600 } }]
  ])("is whole with a reason when the %s begins so late that players would not start", (_, spans) => {
    const plan = { ...defaultPlan, settings: defaults }
    const decided = intakePlan(plan, { ...source(3600), ...spans })
    expect([decided.plan.graph, Option.getOrThrow(decided.reason)]).toEqual([
      "parallel",
      expect.stringMatching(/begin/)
    ])
    const early = { shown: { start: 0.9, end: 3600 }, heard: { start: 0, end: 3600 } }
    expect(intakePlan(plan, { ...source(3600), ...early }).plan.graph).toBe("chunked")
  })

  it("is the requested one otherwise", () => {
    expect(decide(3600, { graph: "parallel" })).toEqual(["parallel", false, undefined])
    expect(decide(3600, { graph: "peertube" })).toEqual(["peertube", false, undefined])
  })
})
