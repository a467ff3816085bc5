import { layer } from "@effect/vitest"
import { herdCases } from "./support/herdCases.ts"
import { layer as host } from "./support/OwnHost.ts"

layer(host({ runners: 0, resolutions: [144] }), { excludeTestServices: true, timeout: "120 seconds" })(
  "a thousand idle runners",
  (it) => herdCases(it, { runners: 1000, jobs: 10_000, seconds: 10 })
)
