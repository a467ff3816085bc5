import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { jobsOfVideo, LEVEL, reprioritized, urgencyOf, withTypeLabels } from "../../../src/domain/job/JobsOfVideo.ts"
import { aJobIn } from "../fixtures.ts"

const video = { labels: ["berlin", "gpu"], tenant: Option.some("acme"), priority: 0, publicUrl: Option.none() }
const required = { "vod-hls-transcoding": ["fast", "gpu"], "video-transcription": ["whisper"] }
const job = aJobIn("Pending", { type: "vod-hls-transcoding", priority: 104, labels: ["own"] })

describe("new jobs of a video", () => {
  it("have the labels of the video, of their type and their own, each once", () => {
    const [made] = jobsOfVideo(video, [job], required)
    expect(made?.labels).toEqual(["berlin", "fast", "gpu", "own"])
    expect(made?.tenant).toEqual(Option.some("acme"))
    expect(withTypeLabels({ ...job, type: "constructor" }, required).labels).toEqual(["own"])
  })

  it("come before all jobs of videos with a lower priority, and keep their order", () => {
    const priorityOf = (own: number, priority: number) => {
      const [made] = jobsOfVideo({ ...video, priority }, [{ ...job, priority: own }], required)
      return made?.priority ?? Number.NaN
    }
    expect(priorityOf(104, 0)).toBe(104)
    expect(priorityOf(20_000, 1)).toBeLessThan(priorityOf(0, 0))
    expect(priorityOf(0, -1)).toBeGreaterThan(priorityOf(20_000, 0))
    expect(priorityOf(104, 1)).toBeLessThan(priorityOf(105, 1))
    expect(priorityOf(LEVEL, -10)).toBeLessThan(2 ** 31)
  })

  it("move with a change of the priority", () => {
    for (const own of [0, 104, 20_000, LEVEL + 100]) {
      for (const before of [-10, 0, 3]) {
        const [made] = jobsOfVideo({ ...video, priority: before }, [{ ...job, priority: own }], required)
        const [raised] = jobsOfVideo({ ...video, priority: 3 }, [{ ...job, priority: own }], required)
        expect(made && urgencyOf(made)).toBe(before)
        expect(made && reprioritized(made, 3)).toEqual(raised)
      }
    }
  })
})
