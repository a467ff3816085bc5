import { describe, expect, it, onTestFinished } from "vitest"
import { type CompletedAttempt, defineJobType, type Job, ResultRefused } from "../src/index.ts"
import { aFile, aVideo, createTestConnector, type TestConnectorOptions } from "../src/testing/index.ts"

interface Waveform {
  readonly samples: number
}

const readWaveform = (value: unknown): Waveform => {
  const { samples } = (value ?? {}) as Partial<Waveform>
  if (typeof samples !== "number") throw new TypeError("samples must be a number")
  return { samples }
}

/** Checks that the file has as many lines as samples. */
const checkWaveform = async ({ files, payload, texts }: CompletedAttempt<Waveform>) => {
  const lines = (await files.peaks?.text())?.split("\n") ?? []
  if (lines.length !== payload.samples) throw new ResultRefused({ message: `${lines.length} samples came` })
  return { metadata: { tool: texts.tool } }
}

const waveform = defineJobType({
  name: "app-waveform",
  payload: readWaveform,
  result: { texts: ["tool"], files: ["peaks"] },
  present: ({ payload }, { audio }) => ({ input: audio, samples: payload.samples }),
  files: ({ attemptId }) => ({ peaks: `waveforms/${attemptId}.txt` }),
  complete: checkWaveform
})

const aTestConnector = async (options: TestConnectorOptions = {}) => {
  const ended: Array<Job> = []
  const connector = await createTestConnector({
    jobTypes: [waveform],
    transcoding: { resolutions: [360] },
    on: { jobEnded: (job) => void ended.push(job) },
    ...options
  })
  onTestFinished(() => connector.close())
  await connector.files.put("uploads/cat.mov", aVideo())
  return { connector, ended }
}

const peaks = (...lines: ReadonlyArray<string>) => aFile(lines.join("\n"), "peaks.txt", "text/plain")

describe("a job type of the application", () => {
  it("runs on a runner, keeps its files, changes the metadata of the video, and calls jobEnded", async () => {
    const { connector, ended } = await aTestConnector()
    const { id: videoId } = await connector.transcodeVideo({ path: "uploads/cat.mov", metadata: { owner: 7 } })
    const created = await connector.jobs.create(waveform, { payload: { samples: 2 }, videoId })
    expect(created).toMatchObject({ type: "app-waveform", state: "Pending", payload: { samples: 2 }, videoId })

    expect(await connector.runner.take({ type: "app-waveform" })).toMatchObject({ id: created.id })
    await connector.runner.succeed({ tool: "ffmpeg", peaks: peaks("0.1", "0.2") })
    expect(ended.filter(({ id }) => id === created.id)).toMatchObject([{ state: "Completed" }])
    expect((await connector.videos.get(videoId))?.metadata).toEqual({ owner: 7, tool: "ffmpeg" })
    const [path = ""] = await connector.files.list("waveforms/")
    expect(await connector.files.readText(path)).toBe("0.1\n0.2")
  })

  it("fails an attempt whose result is refused, and stores nothing of it", async () => {
    const { connector, ended } = await aTestConnector()
    const { id } = await connector.jobs.create(waveform, { payload: { samples: 2 } })
    await connector.runner.take({ type: "app-waveform" })
    await connector.runner.succeed({ tool: "ffmpeg", peaks: peaks("0.1") })
    expect(await connector.jobs.get(id)).toMatchObject({
      state: "Pending",
      failures: 1,
      attempts: [{ end: { message: "1 samples came", outcome: "refused" } }]
    })
    expect(await connector.files.list("waveforms/")).toEqual([])

    await connector.time.advance("1 minute")
    await connector.runner.take({ type: "app-waveform" })
    await connector.runner.succeed({ tool: "ffmpeg", peaks: peaks("0.1", "0.3") })
    expect(ended).toMatchObject([{ id, state: "Completed" }])
  })

  it("shows runners what present returns, and the payload without it", async () => {
    const bare = defineJobType({ name: "app-ping", payload: (value) => value as { readonly text: string } })
    const { connector } = await aTestConnector({ jobTypes: [bare, waveform] })
    const { id: videoId } = await connector.transcodeVideo({ path: "uploads/cat.mov" })
    await connector.jobs.create(bare, { payload: { text: "hello" } })
    await connector.jobs.create(waveform, { payload: { samples: 3 }, videoId })
    const post = async (path: string, body: object) => {
      const headers = { "content-type": "application/json" }
      const url = `https://media.example/api/v1/runners/${path}`
      const answer = await connector.fetch(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }))
      return (await answer.json()) as Record<string, unknown>
    }
    const { token: registrationToken } = await connector.registrationTokens.create()
    const { runnerToken } = await post("register", { name: "script", registrationToken })
    const jobTypes = ["app-ping", "app-waveform"]
    const { availableJobs } = await post("jobs/request", { runnerToken, jobTypes })
    expect((availableJobs as ReadonlyArray<{ payload: object }>).map(({ payload }) => payload)).toEqual([
      { text: "hello" },
      {
        samples: 3,
        input: expect.stringMatching(
          /^https:\/\/media\.example\/api\/v1\/runners\/jobs\/[\da-f-]+\/files\/videos\/[\da-f-]+\/max-quality\/audio$/
        )
      }
    ])
  })

  it("refuses invalid payloads, unknown types and names of built-in types", async () => {
    const { connector } = await aTestConnector()
    const create = (payload: unknown, type = waveform) => connector.jobs.create(type, { payload: payload as Waveform })
    const invalid = { code: "InvalidRequest", message: expect.stringContaining("samples must be a number") }
    await expect(create({})).rejects.toMatchObject(invalid)
    await expect(create(1n)).rejects.toMatchObject({ code: "InvalidRequest", message: "payload: expected plain JSON" })
    const other = { ...waveform, name: "app-other" }
    await expect(create({ samples: 1 }, other)).rejects.toMatchObject({
      code: "InvalidRequest",
      message: expect.stringContaining("no job type app-other")
    })
    for (const [jobTypes, problem] of [
      [[{ ...waveform, name: "vod-hls-transcoding" }], "jobTypes.0.name: expected another name"],
      [[{ name: "app-x" }], "jobTypes.0.payload: is missing"],
      [[{ ...waveform, result: { files: "peaks" } }], "jobTypes.0.result.files"]
    ] as const) {
      await expect(createTestConnector({ jobTypes: jobTypes as never })).rejects.toThrow(problem)
    }
  })
})
