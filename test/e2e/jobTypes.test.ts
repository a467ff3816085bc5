import { layer } from "@effect/vitest"
import { vodCases } from "./jobTypes/vod.ts"
import { works } from "./jobTypes/works.ts"

layer(works, { excludeTestServices: true, timeout: "120 seconds" })("the server and its runner make", (it) => {
  vodCases(it)
})
