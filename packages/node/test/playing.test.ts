import { createReadStream } from "node:fs"
import { describe, expect, it } from "vitest"
import type { Job, Video } from "../src/index.ts"
import { aConnector, deferred, media } from "./support/workspace.ts"

describe("a video", () => {
  it("is transcoded by the runner in this process and playable, with nothing else installed", async () => {
    const ended = deferred<Video>()
    const jobs: Array<Job> = []
    const connector = await aConnector({
      localRunner: { concurrency: 1 },
      transcoding: { resolutions: [144] },
      on: { transcodingEnded: (video) => ended.resolve(video), jobEnded: (job) => void jobs.push(job) }
    })
    const video = await connector.transcodeVideo({
      stream: createReadStream(media("faststart.mp4")),
      fileName: "🎬 Ein Film.mp4"
    })
    expect(video.state).toBe("ToTranscode")
    expect(video.fileName).toBe("🎬 Ein Film.mp4")
    expect(video.createdAt).toBeInstanceOf(Date)

    const finished = await ended.promise
    expect(finished.state).toBe("Published")
    expect(finished.files.map(({ resolution }) => resolution)).toEqual([144])
    expect(finished.playlistKey).toMatch(/\.m3u8$/)
    const [job] = jobs
    expect(job).toMatchObject({ type: "vod-hls-transcoding", state: "Completed" })
    expect(Object.keys(job ?? {})).not.toEqual(expect.arrayContaining(["privatePayload"]))
    expect(Object.keys(job ?? {})).not.toEqual(expect.arrayContaining(["jobTokenHash"]))
  })
})
