import { describe, expect, it, onTestFinished } from "vitest"
import { aVideo, createTestConnector } from "../src/testing/index.ts"

/** A connector with two videos. The first has a pending job for each of its two renditions. */
const withVideos = async () => {
  const connector = await createTestConnector({ transcoding: { resolutions: [360, 480] } })
  onTestFinished(() => connector.close())
  await connector.files.put("uploads/cat.mov", aVideo())
  const cat = await connector.transcodeVideo({ path: "uploads/cat.mov", title: "A cat" })
  const dog = await connector.transcodeVideo({ path: "uploads/cat.mov", title: "Dogs", externalId: "dogs-1" })
  return { connector, cat, dog }
}

describe("lists", () => {
  it("of videos are filtered and sorted", async () => {
    const { connector } = await withVideos()
    const titles = async (filter: Parameters<typeof connector.videos.list>[0]) =>
      (await connector.videos.list(filter)).data.map(({ title }) => title)
    expect(await titles({})).toEqual(["Dogs", "A cat"])
    expect(await titles({ text: "dogs-1" })).toEqual(["Dogs"])
    expect(await titles({ sort: { by: "title", descending: false }, states: ["ToTranscode"] })).toEqual([
      "A cat",
      "Dogs"
    ])
    expect(await titles({ states: ["Published"], text: undefined })).toEqual([])
    expect(await titles({ live: true })).toEqual([])
    expect((await connector.videos.list({ start: 1, count: 1 })).data[0]?.title).toBe("A cat")
  })

  it("refuse filters that they do not know, and name them", async () => {
    const { connector } = await withVideos()
    const wrong = [
      () => connector.videos.list({ state: ["Published"] } as never),
      () => connector.videos.list({ states: ["Finished"] } as never),
      () => connector.videos.list({ sort: { by: "id", descending: true } } as never),
      () => connector.jobs.list({ state: ["Pending"] } as never),
      () => connector.jobs.list({ videoId: "no id" }),
      () => connector.jobs.list({ sort: { by: "toString", descending: true } } as never)
    ]
    const names = ["state", "states", "sort", "state", "videoId", "sort"]
    for (const [index, call] of wrong.entries()) {
      await expect(call()).rejects.toMatchObject({
        code: "InvalidRequest",
        message: expect.stringContaining(`["${names[index]}"]`)
      })
    }
  })
})

describe("the jobs of a video", () => {
  it("are cancelled and retried together", async () => {
    const { cat, connector, dog } = await withVideos()
    const states = async (id: string) => (await connector.jobs.ofVideo(id)).map(({ state }) => state)
    const cancelled = await connector.videos.cancelJobs(cat.id)
    expect(cancelled.map(({ videoId }) => videoId)).toEqual([cat.id, cat.id])
    expect(cancelled[0]).not.toHaveProperty("privatePayload")
    expect(await states(cat.id)).toEqual(["Cancelled", "Cancelled"])
    expect(await states(dog.id)).toEqual(["Pending", "Pending"])
    expect(await connector.videos.retryJobs(cat.id)).toHaveLength(2)
    expect(await states(cat.id)).toEqual(["Pending", "Pending"])
    await expect(connector.videos.cancelJobs("no id")).rejects.toMatchObject({ code: "UnknownVideo" })
  })
})

describe("figures", () => {
  it("count jobs, runners and videos", async () => {
    const { connector } = await withVideos()
    const overview = await connector.overview({ range: "hour" })
    expect(overview.series).toHaveLength(60)
    expect(overview.at).toBeInstanceOf(Date)
    expect(overview.oldestPending).toMatchObject({ type: "vod-hls-transcoding" })
    await expect(connector.overview({ range: "year" as never })).rejects.toMatchObject({ code: "InvalidRequest" })
  })

  it("show the work that no runner can do, with the reason", async () => {
    const { connector } = await withVideos()
    expect((await connector.capabilities()).renditions).toEqual({ kind: "Runner" })
    await connector.runner.take()
    expect((await connector.capabilities()).renditions).toBeUndefined()
  })
})
