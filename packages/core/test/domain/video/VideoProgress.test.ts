import { Option } from "effect"
import { expect, it } from "vitest"
import { ofJobs } from "../../../src/domain/video/VideoProgress.ts"
import { aJobIn } from "../fixtures.ts"

const at = (progress: number) => aJobIn("Processing", { progress: Option.some(progress) })

it.each([
  ["no job", [], 100],
  ["ended jobs of any outcome", [aJobIn("Completed"), aJobIn("Errored"), aJobIn("Cancelled")], 100],
  ["one job of two", [aJobIn("Completed"), aJobIn("Pending")], 50],
  ["the mean, rounded down", [at(50), at(1), aJobIn("Pending")], 17],
  ["a result that is being stored", [aJobIn("Completing")], 99],
  ["a job that is nearly done", [at(100)], 99],
  ["a job that reports nothing", [aJobIn("Processing", { progress: Option.none() })], 0],
  ["awaited jobs alone", [at(30), aJobIn("Pending", { awaited: false })], 30],
  ["only jobs that nothing waits for", [aJobIn("Pending", { awaited: false })], 100]
])("the progress of a video with %s", (_, jobs, progress) => {
  expect(ofJobs(jobs)).toBe(progress)
})

it("is below 100 while a source is cut, because more jobs follow", () => {
  expect(ofJobs([], true)).toBe(0)
  expect(ofJobs([aJobIn("Completed")], true)).toBe(99)
})
