import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Option } from "effect"
import { buildGraph } from "../../../src/domain/job/JobGraph.ts"
import type { JobState, RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { missingRenditions } from "../../../src/domain/video/MissingRenditions.ts"
import { defaultPlan, type TranscodingPlan } from "../../../src/domain/video/TranscodingPlan.ts"
import { defaults } from "../../../src/domain/video/TranscodingSettings.ts"
import type { Video, VideoFile } from "../../../src/domain/video/Video.ts"
import { aFile, aJobIn, aSummary, aVideo, jobId, uuid } from "../fixtures.ts"

const settings = { ...defaults, resolutions: [360, 480] as const }

const missing = (
  plan: Partial<TranscodingPlan>,
  over: Partial<Video> = {},
  jobs: ReadonlyArray<RunnerJob> = []
): ReadonlyArray<string> => {
  const video = aVideo({ plan: { ...defaultPlan, settings, ...plan }, ...over })
  const nodes = buildGraph({ ...video.plan, source: video.source, userJobs: 0 })
  return missingRenditions({ nodes, video, jobs }).map(({ dependsOn, key }) =>
    Option.match(dependsOn, { onNone: () => key, onSome: (parent) => `${key} after ${parent}` })
  )
}

const file = (resolution: number, over: Partial<VideoFile> = {}): VideoFile =>
  aFile(resolution, { resolution, ...over })
const picture = (resolution: number) => file(resolution, { hasAudio: false })
const sound = file(0, { hasVideo: false, fps: 0, width: 0, height: 0 })

const jobFor = (state: JobState, resolution: number, over: Partial<RunnerJob> = {}) =>
  aJobIn(state, { id: jobId(resolution), payload: { output: { resolution, fps: 30, separatedAudio: false } }, ...over })

describe("missingRenditions", () => {
  it("is all of the plan while nothing is there, and nothing when all is", () => {
    deepStrictEqual(missing({}), ["hls-360", "hls-480"])
    deepStrictEqual(missing({}, { files: [file(360)] }), ["hls-480"])
    deepStrictEqual(missing({}, { files: [file(360), file(480)] }), [])
  })

  it("counts a file as the requested rendition within the tolerance of results", () => {
    deepStrictEqual(missing({}, { files: [file(362), file(478, { fps: 29 })] }), [])
    deepStrictEqual(missing({}, { files: [file(363), file(480, { fps: 25 })] }), ["hls-360", "hls-480"])
  })

  it("asks for picture and sound as the plan wants them", () => {
    const split = { splitAudio: true }
    deepStrictEqual(missing(split, { files: [file(360), file(480)] }), ["hls-0", "hls-360", "hls-480"])
    deepStrictEqual(missing(split, { files: [sound, picture(480)] }), ["hls-360"])
    deepStrictEqual(missing({}, { files: [picture(360), file(480)] }), ["hls-360"])
    const mute = { source: aSummary({ hasAudio: false }) }
    deepStrictEqual(missing(split, { ...mute, files: [picture(360), picture(480)] }), [])
  })

  it("counts open jobs at another frame rate, because a merge may differ from its plan", () => {
    const payload = { output: { resolution: 360, fps: 25, separatedAudio: false } }
    deepStrictEqual(missing({}, {}, [jobFor("Pending", 360, { payload })]), ["hls-480"])
  })

  it("counts open jobs, and results of jobs with the same request", () => {
    for (const state of ["Pending", "Processing", "Completing", "WaitingForParent"] as const) {
      deepStrictEqual(missing({}, {}, [jobFor(state, 360)]), ["hls-480"], state)
    }
    for (const state of ["Errored", "Cancelled", "ParentErrored", "ParentCancelled"] as const) {
      deepStrictEqual(missing({}, {}, [jobFor(state, 360)]), ["hls-360", "hls-480"], state)
    }
    const made = jobFor("Completed", 360, { attemptId: Option.some(uuid(1)) })
    const odd = aFile(1, { resolution: 360, fps: 12 })
    deepStrictEqual(missing({}, { files: [odd] }, [made]), ["hls-480"])
    deepStrictEqual(missing({}, {}, [made]), ["hls-360", "hls-480"])
  })

  it("does not take one kind for the other", () => {
    const { playlistKey: _, ...web } = file(360)
    const both = { webVideos: true }
    deepStrictEqual(missing(both, { webVideos: [web] }), ["hls-360", "hls-480", "web-480"])
    const job = jobFor("Pending", 480, { payload: { output: { resolution: 480, fps: 30 } } })
    deepStrictEqual(missing(both, {}, [{ ...job, type: "vod-web-video-transcoding" }]), [
      "hls-360",
      "web-360",
      "hls-480"
    ])
    deepStrictEqual(missing({}, {}, [aJobIn("Pending", { type: "video-transcription", payload: {} })]), [
      "hls-360",
      "hls-480"
    ])
  })

  it("makes all of PeerTube's graph at once, without the files that only lead to others", () => {
    deepStrictEqual(missing({ graph: "peertube" }), ["hls-480", "hls-360"])
    deepStrictEqual(missing({ graph: "peertube", webVideos: true }), ["web-480", "hls-480", "web-360", "hls-360"])
    deepStrictEqual(missing({ graph: "peertube", hls: false }), ["web-480"])
  })

  it("waits for the merge while there is no picture, and makes its size like any other afterwards", () => {
    const plan = { audioMerge: true, webVideos: true }
    const source = aSummary({ hasVideo: false, width: 0, height: 0, fps: 0 })
    deepStrictEqual(missing({ audioMerge: true }, { source }), [
      "merge-480",
      "hls-360 after merge-480",
      "hls-480 after merge-480"
    ])
    const open = aJobIn("Processing", {
      type: "vod-audio-merge-transcoding",
      payload: { output: { resolution: 480, fps: 25 } }
    })
    deepStrictEqual(missing({ audioMerge: true }, { source }, [open]), [
      "hls-360 after merge-480",
      "hls-480 after merge-480"
    ])
    const merged = { source, files: [file(360, { fps: 25 }), file(480, { fps: 25 })] }
    deepStrictEqual(missing(plan, merged), ["web-480", "web-360"])
    deepStrictEqual(missing({ audioMerge: true }, merged), [])
  })
})
