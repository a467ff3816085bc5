import { layer } from "@effect/vitest"
import { vi } from "vitest"
import { asideCases } from "./jobTypes/aside.ts"
import { liveCases } from "./jobTypes/live.ts"
import { removalCase } from "./jobTypes/removal.ts"
import { vodCases } from "./jobTypes/vod.ts"
import { worksWith } from "./jobTypes/works.ts"

// The first cases wait for the shared queue.
vi.setConfig({ testTimeout: 90_000 })

layer(worksWith(), { excludeTestServices: true, timeout: "5 minutes" })("the server and its runner make", (it) => {
  liveCases(it)
  vodCases(it)
  asideCases(it)
  removalCase(it)
})
