import { Readable } from "node:stream"
import { describe, expect, it, onTestFinished } from "vitest"
import { aVideo, createTestConnector, type TestConnectorOptions } from "../src/testing/index.ts"

const aTestConnector = async (options: TestConnectorOptions = {}) => {
  const connector = await createTestConnector({ transcoding: { resolutions: [360, 480] }, ...options })
  onTestFinished(() => connector.close())
  return connector
}

/** A connector with a video that has two pending jobs, of 360 and 480 lines. */
const withVideo = async (options: TestConnectorOptions = {}) => {
  const connector = await aTestConnector(options)
  await connector.files.put("uploads/cat.mov", aVideo())
  return { connector, video: await connector.transcodeVideo({ path: "uploads/cat.mov" }) }
}

describe("store", () => {
  const bytes = () => new Blob(["a picture"])

  it("stores what it gets under a new path, or under the given one", async () => {
    const connector = await aTestConnector()
    const sources = [new TextEncoder().encode("a picture"), bytes(), bytes().stream(), Readable.from(["a pic", "ture"])]
    const paths = new Set<string>()
    for (const source of sources) {
      const { path, size } = await connector.store(source, { fileName: "../my cat.jpg" })
      expect(path).toMatch(/^uploads\/[\da-f-]{36}\/[^/]+\.jpg$/)
      expect(size).toBe(9)
      expect(await connector.files.readText(path)).toBe("a picture")
      paths.add(path)
    }
    expect(paths.size).toBe(sources.length)
    expect((await connector.store(new File(["x"], "dog.png"))).path).toMatch(/dog\.png$/)
    expect(await connector.store(bytes(), { path: "intros/1.mp4" })).toEqual({ path: "intros/1.mp4", size: 9 })
  })

  it("stores nothing of a source that fails, and refuses other paths and sources", async () => {
    const connector = await aTestConnector()
    const broken = Readable.from(
      (function* () {
        yield "the beginning"
        throw new Error("the disk is gone")
      })()
    )
    await expect(connector.store(broken)).rejects.toMatchObject({ code: "StreamFailed", status: 400 })
    for (const path of ["../x", "/etc/passwd", ""]) {
      await expect(connector.store(bytes(), { path })).rejects.toMatchObject({ code: "InvalidRequest" })
    }
    await expect(connector.store(7 as never)).rejects.toMatchObject({ code: "InvalidRequest" })
    expect(await connector.files.list()).toEqual([])
  })
})

describe("jobs", () => {
  it("are found, listed by filter and page, and belong to their video", async () => {
    const { connector, video } = await withVideo()
    const ofVideo = await connector.jobs.ofVideo(video.id)
    expect(ofVideo.map(({ state, type }) => [type, state])).toEqual(
      Array(ofVideo.length).fill(["vod-hls-transcoding", expect.stringMatching(/Pending|WaitingForParent/)])
    )
    const [first] = ofVideo
    expect(await connector.jobs.get(String(first?.id))).toEqual(first)
    for (const unknown of ["no id", video.id]) expect(await connector.jobs.get(unknown)).toBeUndefined()

    const all = await connector.jobs.list({ types: ["vod-hls-transcoding"] })
    expect(all.total).toBe(ofVideo.length)
    const page = await connector.jobs.list({ start: 1, count: 1 })
    expect([page.total, page.data.map(({ id }) => id)]).toEqual([all.total, [all.data[1]?.id]])
    expect((await connector.jobs.list({ types: ["video-transcription"] })).total).toBe(0)
    expect((await connector.jobs.list({ states: ["Completed"] })).data).toEqual([])
    await expect(connector.jobs.list({ count: 101 })).rejects.toMatchObject({ code: "InvalidRequest" })
    for (const secret of ["jobTokenHash", "privatePayload", "received"]) expect(all.data[0]).not.toHaveProperty(secret)
  })

  it("say why they wait", async () => {
    const { connector, video } = await withVideo()
    const [job] = await connector.jobs.ofVideo(video.id)
    const waiting = await connector.jobs.explain(String(job?.id))
    expect(waiting?.reason).toHaveProperty("kind")
    expect(waiting?.text).toMatch(/runner/)
    await connector.runner.take()
    const taken = (await connector.jobs.list({ states: ["Processing"] })).data[0]
    expect(await connector.jobs.explain(String(taken?.id))).toBeUndefined()
    await expect(connector.jobs.explain("no id")).rejects.toMatchObject({ code: "UnknownJob" })
  })

  it("get another priority, alone or with their video", async () => {
    const { connector, video } = await withVideo()
    const priorities = async () => (await connector.jobs.ofVideo(video.id)).map(({ priority }) => priority)
    const [first = 0, second = 0] = await priorities()
    const [job] = await connector.jobs.ofVideo(video.id)
    await connector.jobs.update(String(job?.id), { priority: "high" })
    expect(await priorities()).toEqual([first - 1_000_000, second])
    const changed = await connector.videos.update(video.id, { priority: -2, title: "A cat", metadata: { a: 1 } })
    expect(changed).toMatchObject({ priority: -2, title: "A cat", metadata: { a: 1 } })
    expect(await priorities()).toEqual([first + 2_000_000, second + 2_000_000])
    expect(await connector.videos.update(video.id, { title: null })).toMatchObject({ priority: -2, title: undefined })
    await expect(connector.videos.update(video.id, { priority: 11 })).rejects.toMatchObject({ code: "InvalidRequest" })
    await expect(connector.videos.update("no id", {})).rejects.toMatchObject({ code: "UnknownVideo" })
    await connector.jobs.cancel(String(job?.id))
    await expect(connector.jobs.update(String(job?.id), { priority: 0 })).rejects.toMatchObject({ code: "JobEnded" })
  })

  it("can be cancelled, retried and removed", async () => {
    const { connector, video } = await withVideo()
    const [job] = await connector.jobs.ofVideo(video.id)
    const id = String(job?.id)
    await expect(connector.jobs.retry(id)).rejects.toMatchObject({ code: "JobNotRetryable" })
    await connector.jobs.cancel(id)
    expect(await connector.jobs.get(id)).toMatchObject({ state: "Cancelled" })
    await expect(connector.jobs.cancel(id)).rejects.toMatchObject({ code: "JobNotCancellable" })
    await connector.jobs.retry(id)
    expect(await connector.jobs.get(id)).toMatchObject({ state: "Pending" })
    await connector.jobs.remove(id)
    expect(await connector.jobs.get(id)).toBeUndefined()
    for (const call of [connector.jobs.cancel, connector.jobs.retry, connector.jobs.remove]) {
      await expect(call(id)).rejects.toMatchObject({ code: "UnknownJob" })
    }
  })
})

describe("hooks", () => {
  it("are called again with the same event after a failure, and later hooks of the video wait", async () => {
    const calls: Array<string> = []
    const { connector } = await withVideo({
      transcoding: { resolutions: [360] },
      logLevel: "none",
      on: {
        videoPlayable: (_video, event) => {
          calls.push(`playable ${event.id}`)
          if (calls.length < 3) throw new Error("the mail server is away")
        },
        transcodingEnded: (video) => void calls.push(video.state)
      }
    })
    await connector.runner.take()
    await connector.runner.succeed()
    expect(calls).toHaveLength(1)
    await connector.time.advance("1 hour")
    const [playable] = calls
    expect(calls).toEqual([playable, playable, playable, "Published"])
  })
})
