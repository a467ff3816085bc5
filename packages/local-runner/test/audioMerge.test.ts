import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { audioMergeCases, given, greenPicture } from "./engines/audioMerge.ts"
import { fixture, quickest, quickestName } from "./support/harness.ts"
import { runJob } from "./support/media.ts"

audioMergeCases(quickestName, quickest)

it.scopedLive("shows a portrait with odd sides", () =>
  Effect.gen(function* () {
    const { edge, video } = yield* greenPicture(quickest, "61x99")
    expect(video).toMatchObject({ width: 120, height: 194, avg_frame_rate: "1/1" })
    expect(edge).toBeGreaterThan(170)
  })
)

it.scopedLive("reports a missing stream", () =>
  Effect.gen(function* () {
    const blind = yield* runJob(quickest, given(fixture("audio.mp3"), fixture("audio.mp3")))
    expect(blind.messages).toEqual(["The preview has no video stream"])
    const mute = yield* runJob(quickest, given(fixture("picture.png"), fixture("portrait.mp4")))
    expect(mute.messages).toEqual(["The source has no audio stream"])
  })
)
