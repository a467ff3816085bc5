import { cancellingCases, removingCases } from "./adminJobs/ending.ts"
import { narrowingCases, sortingCases } from "./adminJobs/finding.ts"
import { showingCases } from "./adminJobs/showing.ts"
import type { WireCases } from "./WireServer.ts"

/** Contract of the administrators' job endpoints. */
export const adminJobCases: WireCases = (it) => {
  for (const cases of [showingCases, narrowingCases, sortingCases, cancellingCases, removingCases]) cases(it)
}
