import { expect, it } from "@effect/vitest"
import { Storyboard } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { given, made, storyboardCases, tiles } from "./engines/storyboard.ts"
import { fixture, quickest, quickestName, temporaryFolder } from "./support/harness.ts"
import { makeFile, picturesOf, runJob } from "./support/media.ts"

storyboardCases(quickestName, quickest)

it.scopedLive("tiles 2 frames of 4.8 s as the core expects", () => tiles(quickest, 4.8, 2))

it.scopedLive("makes the storyboard that the core requests", () =>
  Effect.gen(function* () {
    const video = { duration: 3, hasVideo: true, width: 180, height: 320 }
    const source = yield* makeFile(
      yield* temporaryFolder,
      "video.webm",
      ...["-f", "lavfi", "-i", "testsrc=s=180x320:r=5:d=3", "-c:v", "libvpx"]
    )
    const requested = Option.getOrThrow(Storyboard.storyboardFor({ ...video, duration: Option.some(video.duration) }))
    const board = yield* made(quickest, source, Storyboard.presentSprites(requested))
    expect(board.video).toMatchObject({ width: 108 * 3, height: 192 })
    const [picture] = yield* picturesOf(board, 1)
    for (const tile of [0, 1, 2]) expect(Math.max(...(picture?.(108 * tile + 20, 20) ?? []))).toBeGreaterThan(60)
  }).pipe(Effect.provide(quickest))
)

it.scopedLive("rejects tiles too large for a JPEG and files without video", () =>
  Effect.gen(function* () {
    const sprites = { size: { width: 192, height: 108 }, count: { width: 500, height: 1 }, duration: 1 }
    const huge = yield* runJob(quickest, given(fixture("moov-last.mp4"), sprites))
    expect(huge.messages.join()).toContain("expected tiles that fit into one JPEG")
    const blind = yield* runJob(quickest, given(fixture("audio.mp3"), { ...sprites, count: { width: 1, height: 1 } }))
    expect(blind.messages).toEqual(["The source has no video stream"])
  })
)
