import { layer } from "@effect/vitest"
import { asideCases } from "./jobTypes/aside.ts"
import { liveCases } from "./jobTypes/live.ts"
import { removalCase } from "./jobTypes/removal.ts"
import { vodCases } from "./jobTypes/vod.ts"
import { worksWith } from "./jobTypes/works.ts"

layer(worksWith(), { excludeTestServices: true, timeout: "5 minutes" })("the server and its runner make", (it) => {
  liveCases(it)
  vodCases(it)
  asideCases(it)
  removalCase(it)
})
