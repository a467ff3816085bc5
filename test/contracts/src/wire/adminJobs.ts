import { cancellingCases, removingCases } from "./adminJobs/ending.ts"
import { narrowingCases, sortingCases } from "./adminJobs/finding.ts"
import { showingCases } from "./adminJobs/showing.ts"
import type { WireCases } from "./WireServer.ts"

/** What administrators see of jobs, and what they do to them. */
export const adminJobCases: WireCases = (it) => {
  for (const cases of [showingCases, narrowingCases, sortingCases, cancellingCases, removingCases]) cases(it)
}
