import { layer } from "@effect/vitest"
import { captionsCase } from "./jobTypes/aside.ts"
import { removalCase } from "./jobTypes/removal.ts"
import { besideCase } from "./jobTypes/vod.ts"
import { worksWith } from "./jobTypes/works.ts"

/** A few cases of `jobTypes.long.test.ts`. */
layer(worksWith({ names: ["beside", "spoken"], hasLive: false }), {
  excludeTestServices: true,
  timeout: "5 minutes"
})("the server and its runner make, of two uploads,", (it) => {
  besideCase(it)
  captionsCase(it)
  removalCase(it)
})
