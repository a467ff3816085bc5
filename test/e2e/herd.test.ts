import { layer } from "@effect/vitest"
import { herdCases } from "./support/herdCases.ts"
import { layer as host } from "./support/OwnHost.ts"

layer(host({ runners: 0, resolutions: [144] }), { excludeTestServices: true, timeout: "60 seconds" })(
  "a hundred idle runners",
  (it) => herdCases(it, { runners: 100, jobs: 1000, seconds: 10 })
)
