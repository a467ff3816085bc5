import { describe, expect, it } from "vitest"
import { type ConnectorOptions, createConnector, InvalidOptions, isConnectorError } from "../src/index.ts"

const refusal = async (options: unknown): Promise<InvalidOptions> => {
  const error = await createConnector(options as ConnectorOptions).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(InvalidOptions)
  return error as InvalidOptions
}

const problemsOf = async (options: unknown) => (await refusal(options)).details.problems

describe("options", () => {
  it("are checked together", async () => {
    const error = await refusal({
      publicUrl: "https://media.example/path",
      database: "mysql://host/database",
      storage: { folder: "" },
      storge: {},
      transcoding: { resolutions: [360, 361] },
      on: { videoPlayabel: () => undefined, liveEnded: "no function" },
      localRunner: { concurrency: 0 },
      uploads: {},
      logLevel: "loud",
      settings: { vodSilense: 1, maxStalls: "many" }
    })
    expect(error.code).toBe("InvalidOptions")
    expect(isConnectorError(error)).toBe(true)
    const problems = error.details.problems as ReadonlyArray<string>
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "storge",
      "publicUrl",
      "database",
      "transcoding.resolutions.1",
      "on.videoPlayabel",
      "on.liveEnded",
      "logLevel",
      "storage.folder",
      "localRunner.concurrency",
      "uploads",
      "settings.vodSilense",
      "settings.maxStalls"
    ])
    for (const problem of problems) expect(error.message).toContain(problem)
  })

  it("must name the public URL", async () => {
    expect(await problemsOf({})).toEqual(["publicUrl: is missing"])
    expect(await problemsOf(undefined)).toEqual(["publicUrl: is missing"])
  })

  it("suggest the name that was meant", async () => {
    expect(await problemsOf({ publicUrl: "https://media.example", databse: "postgres://host/name" })).toEqual([
      "databse: unknown option, did you mean database?"
    ])
  })

  it("name the wrong one of several names", async () => {
    const settings = {
      jobLabels: { "app-waveform": ["ears"], "app-wavefrom": ["gpu"] },
      tenantLimits: { acme: 3, other: 0 },
      labelLimits: { gpu: 1, "Site Berlin": 2 }
    }
    const jobTypes = [{ name: "app-waveform", payload: () => ({}) }]
    expect(await problemsOf({ publicUrl: "https://media.example", settings, jobTypes })).toEqual([
      'settings.tenantLimits: expected whole numbers above 0 such as { acme: 10 }, and not "other"',
      'settings.labelLimits: expected whole numbers above 0 such as { gpu: 4 }, and not "Site Berlin"',
      "settings.jobLabels: there is no job type app-wavefrom. Did you mean app-waveform?"
    ])
  })

  it("never show a password", async () => {
    const error = await refusal({ publicUrl: "https://media.example", database: "mysql://user:secret@host/name" })
    expect(error.message).not.toContain("secret")
  })
})
