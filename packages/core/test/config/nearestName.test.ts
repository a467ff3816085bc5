import { describe, expect, it } from "vitest"
import { nearestName } from "../../src/index.ts"

const known = ["RUNNER_VOD_SILENCE", "RUNNER_LIVE_SILENCE", "PORT", "url", "work-directory"]

describe("nearestName", () => {
  it.each([
    ["RUNNER_VOD_SILENSE", "RUNNER_VOD_SILENCE"],
    ["RUNER_LIVE_SILENCE", "RUNNER_LIVE_SILENCE"],
    ["PROT", "PORT"],
    ["work_directory", "work-directory"],
    ["Url", "url"]
  ])("finds the name that %s means", (misspelt, meant) => {
    expect(nearestName(misspelt, known)).toBe(meant)
  })

  it.each(["S3_BUCKET", "x", ""])("finds no name for %j", (other) => {
    expect(nearestName(other, known)).toBeUndefined()
  })
})
