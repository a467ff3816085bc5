import { Option } from "effect"
import { describe, expect, it } from "vitest"
import { abandonedKeys, isWaiting, waitingKey, waitingKeys } from "../../../src/domain/job/CustomUploads.ts"
import type { JobState } from "../../../src/domain/job/RunnerJob.ts"
import { aJobIn, attemptId, jobId } from "../fixtures.ts"

const upload = "a.mp4"
const key = waitingKey(attemptId, upload)
const before = aJobIn("Processing", { uploads: [upload] })

describe("files that a runner uploads before its result", () => {
  it("lie in one folder, by the attempt", () => {
    expect(key).toBe(`custom-uploads/${attemptId}-a.mp4`)
    expect([key, "custom-uploads", "videos/custom-uploads/a"].map(isWaiting)).toEqual([true, false, false])
    expect(waitingKeys(before)).toEqual([key])
    expect(waitingKeys({ ...before, attemptId: Option.none() })).toEqual([])
  })

  it.each<[JobState, boolean]>([
    ["Processing", false],
    ["Completing", false],
    ["Completed", false],
    ["Pending", true],
    ["Errored", true],
    ["Cancelled", true]
  ])("of a job that becomes %s: abandoned is %s", (state, isAbandoned) => {
    expect(abandonedKeys([before], [aJobIn(state)])).toEqual(isAbandoned ? [key] : [])
  })

  it("of a job that does not change are kept", () => {
    expect(abandonedKeys([before], [aJobIn("Errored", { id: jobId(2) })])).toEqual([])
  })
})
