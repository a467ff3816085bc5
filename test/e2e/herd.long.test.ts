import { layer } from "@effect/vitest"
import { manyJobs, oneJob } from "./support/herdCases.ts"
import { layer as server } from "./support/herdServer.ts"
import { layer as host } from "./support/OwnHost.ts"

layer(host({ runners: 0, resolutions: [144] }), { excludeTestServices: true, timeout: "5 minutes" })(
  "a thousand idle runners",
  (it) => oneJob(it, 1000)
)

layer(server, { excludeTestServices: true, timeout: "5 minutes" })("a thousand runners of a server process", (it) =>
  manyJobs(it, { runners: 1000, jobs: 10_000 })
)
