import { describe, expect, it, onTestFinished } from "vitest"
import {
  aPicture,
  aVideo,
  createTestConnector,
  NoJob,
  RunnerRefused,
  type TestConnectorOptions
} from "../../src/testing/index.ts"

const aTestConnector = async (options: TestConnectorOptions = {}) => {
  const connector = await createTestConnector({ transcoding: { resolutions: [360] }, ...options })
  onTestFinished(() => connector.close())
  return connector
}

const request = { path: "uploads/cat.mov", destination: "videos/cat" }

describe("a test connector", () => {
  it("has the calls of a real one, with numbered ids and its own time", async () => {
    const connector = await aTestConnector({ now: new Date("2031-02-03T04:05:06Z") })
    await connector.files.put("uploads/cat.mov", aVideo())
    const { createdAt, id } = await connector.transcodeVideo(request)
    expect(createdAt).toEqual(new Date("2031-02-03T04:05:06Z"))
    expect(id).toMatch(/^00000000-0000-4000-8000-/)
    await connector.time.advance(1500)
    expect(await connector.time.now()).toEqual(new Date("2031-02-03T04:05:07.500Z"))
    expect(await connector.videos.get(id)).toMatchObject({ id, destination: "videos/cat" })
    expect((await connector.jobs.ofVideo(id)).map(({ state }) => state)).toEqual(["Pending"])
  })

  it("stores uploads of the application, and probes them", async () => {
    const connector = await aTestConnector()
    const { source } = await connector.transcodeVideo({ stream: new Blob([aVideo({ seconds: 7 }).slice()]) })
    expect(source).toMatchObject({ duration: 7, width: 1280, height: 720 })
    await expect(connector.transcodeVideo({ stream: new Blob([aPicture().slice()]) })).rejects.toMatchObject({
      code: "UnusableMedia"
    })
  })

  it("lets a runner lose its job in silence, and another one finish it", async () => {
    const connector = await aTestConnector()
    await connector.files.put("uploads/cat.mov", aVideo())
    const { id } = await connector.transcodeVideo(request)
    const { id: jobId } = await connector.runner.take()
    await connector.runner.update({ progress: 40 })
    await connector.time.advance("10 minutes")
    expect(await connector.jobs.get(jobId)).toMatchObject({ state: "Processing", progress: 40 })
    await connector.runner.goSilent()
    await connector.time.advance("3 minutes")
    const gpu = connector.newRunner("gpu")
    expect(await gpu.take({ type: "vod-hls-transcoding" })).toMatchObject({ id: jobId })
    const late = await connector.runner.succeed().catch((error: unknown) => error)
    expect(late).toBeInstanceOf(RunnerRefused)
    expect(late).toMatchObject({ call: "success", code: "404" })
    await gpu.succeed()
    expect(await connector.videos.get(id)).toMatchObject({ state: "Published" })
    expect((await connector.runners.list()).data.map(({ name }) => name).sort()).toEqual(["gpu", "test-runner-1"])
  })

  it("refuses wrong results and says why there is no job", async () => {
    const connector = await aTestConnector()
    await connector.files.put("uploads/cat.mov", aVideo())
    await connector.transcodeVideo(request)
    const { id } = await connector.runner.take()
    await connector.runner.succeed({ videoFile: aVideo({ width: 640, height: 360, seconds: 3 }) })
    expect(await connector.jobs.get(id)).toMatchObject({ state: "Pending", failures: 1 })
    await connector.runner.take()
    const nothing = await connector
      .newRunner()
      .take()
      .catch((error: unknown) => error)
    expect(nothing).toBeInstanceOf(NoJob)
    expect(String(nothing)).toContain("vod-hls-transcoding Processing")
    await connector.runner.abort()
    expect(await connector.runner.available()).toMatchObject([{ id, failures: 1 }])
    await expect(connector.runner.fail("x")).rejects.toThrow("Call take() first")
  })

  it("calls a failing hook again after its pause", async () => {
    const calls: Array<string> = []
    const videoPlayable = async () => {
      calls.push("called")
      if (calls.length === 1) throw new Error("the mail server is away")
    }
    const connector = await aTestConnector({ on: { videoPlayable }, logLevel: "none" })
    await connector.files.put("uploads/cat.mov", aVideo())
    await connector.transcodeVideo(request)
    await connector.runner.take()
    await connector.runner.succeed()
    expect(calls).toHaveLength(1)
    await connector.time.advance("10 minutes")
    expect(calls).toHaveLength(2)
  })

  it("answers requests of real runner programs", async () => {
    const connector = await aTestConnector()
    const { token } = await connector.registrationTokens.create()
    const answer = await connector.fetch(
      new Request("https://media.example/api/v1/runners/register", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "gpu-1", registrationToken: token })
      })
    )
    expect(await answer.json()).toMatchObject({ runnerToken: expect.stringMatching(/^ptrt-/) })
    await expect(connector.files.read("nothing")).rejects.toThrow("There is no file nothing in storage")
    expect(await connector.files.exists("nothing")).toBe(false)
  })
})
