import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { edited, type Files, given, studioCases } from "./engines/studio.ts"
import { fixture, quickest, quickestName } from "./support/harness.ts"
import { loudness, runJob } from "./support/media.ts"

studioCases(quickestName, quickest)

it.scopedLive("reads separate audio and edits videos of unknown duration", () =>
  Effect.gen(function* () {
    const outro = fixture("no-duration.mkv")
    const files = { video: fixture("portrait.mp4"), audio: fixture("audio.flac"), outro }
    const made = yield* edited(quickest, files, (url) => [{ name: "add-outro", options: { file: url("outro") } }])
    expect(made.video).toMatchObject({ width: 180, height: 320, avg_frame_rate: "24/1" })
    expect(made.duration).toBeCloseTo(4, 0)
    expect((yield* loudness(made.path, 1)).every((level) => level > 0.05)).toBe(true)
  }).pipe(Effect.provide(quickest))
)

it.scopedLive("keeps a video without audio silent", () =>
  Effect.gen(function* () {
    const made = yield* edited(quickest, { video: fixture("portrait.mp4") }, () => [
      { name: "cut", options: { end: 1 } }
    ])
    expect(made.report.streams.map(({ codec_type }) => codec_type)).toEqual(["video"])
    expect(made.duration).toBeCloseTo(1, 1)
  })
)

it.scopedLive("reports tasks that it cannot do", () =>
  Effect.gen(function* () {
    const fail = (files: Files, ...tasks: ReadonlyArray<object>) =>
      Effect.map(
        runJob(
          quickest,
          given(files, (url) => tasks.map((task) => ({ options: { file: url("file") }, ...task })))
        ),
        ({ messages }) => messages
      )
    const video = fixture("moov-last.mp4")
    expect(yield* fail({ video }, { name: "cut", options: { end: 1 } }, { name: "add-fireworks" })).toEqual([
      'Unknown studio task "add-fireworks"'
    ])
    expect(yield* fail({ video }, { name: "cut", options: { start: 2 } })).toEqual(["The tasks remove the whole video"])
    expect(yield* fail({ video, file: fixture("audio.mp3") }, { name: "add-watermark" })).toEqual([
      "The watermark is not an image"
    ])
    expect(yield* fail({ video, file: fixture("picture.png") }, { name: "add-intro" })).toEqual([
      "The intro has no video stream"
    ])
  })
)
