import { layer } from "@effect/vitest"
import { manyJobs, oneJob } from "./support/herdCases.ts"
import { layer as host } from "./support/OwnHost.ts"

layer(host({ runners: 0, resolutions: [144] }), { excludeTestServices: true, timeout: "5 minutes" })(
  "fifty idle runners",
  (it) => {
    oneJob(it, 50)
    manyJobs(it, { runners: 50, jobs: 500 })
  }
)
