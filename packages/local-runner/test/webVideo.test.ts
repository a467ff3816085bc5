import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type, webVideoCases } from "./engines/webVideo.ts"
import { fixture, quickest, quickestName } from "./support/harness.ts"
import { runJob } from "./support/media.ts"

webVideoCases(quickestName, quickest)

it.scopedLive("reports a missing stream", () =>
  Effect.gen(function* () {
    const job = yield* runJob(quickest, { type, source: fixture("audio.mp3") })
    expect(job.messages).toEqual(["The source has no video stream"])
  })
)
