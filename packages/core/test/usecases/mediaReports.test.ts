import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import type { VideoId } from "../../src/domain/Ids.ts"
import { limited } from "../../src/domain/media/FullReport.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, failNext, register, removeFile, succeed, takeIn, videoOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { anEdit, resultWith } from "../support/results.ts"
import { goOn, workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const reportOf = (bytes: Uint8Array) => limited(JSON.parse(new TextDecoder().decode(bytes)))

/** What ffprobe prints beyond the facts that the connector needs. */
const detailed = (comment: string, source = Media.aVideo()): Uint8Array => {
  const report = JSON.parse(new TextDecoder().decode(source))
  const format = { ...report.format, filename: "/tmp/secret.mov", probe_score: 100, tags: { comment } }
  return new TextEncoder().encode(JSON.stringify({ ...report, format }))
}

const namesIn = ({ world }: Process, id: VideoId): ReadonlyArray<string> => [
  ...(world.state.reports.get(id)?.keys() ?? [])
]

const one = { settings: { resolutions: [360] as const } }

describe("the complete probe result", () => {
  it.effect("of the source is kept when it is taken in, without its address", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { id } = yield* takeIn(server, { source: detailed("by a camera") })
      const { files, source, webVideos } = yield* server.mediaReports.reportsOf(id)
      deepStrictEqual(source, Option.some(reportOf(detailed("by a camera"))))
      assert.notInclude(JSON.stringify(source), "secret.mov")
      assert.include(JSON.stringify(source), '"probe_score":100')
      deepStrictEqual([files, webVideos], [[], []])
    })
  )

  it.effect("of each rendition is kept with the file, HLS and progressive", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, { ...one, plan: { webVideos: true } })
      yield* goOn(server, runner)
      const { files, webVideos } = yield* server.mediaReports.reportsOf(video.id)
      deepStrictEqual([files.length, webVideos.length], [1, 1])
      for (const { file, report } of [...files, ...webVideos]) {
        const { height, width } = file
        deepStrictEqual(report, Option.some(reportOf(Media.aVideo({ height, width }))))
      }
    })
  )

  it.effect("of the source outlives the source, and follows it through an edit", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const { id } = yield* takeIn(server, { ...one, source: detailed("first"), plan: { keepSource: false } })
      yield* goOn(server, runner)
      assert.isTrue(Option.isNone(videoOf(server.world, { id }).sourceKey))
      const sourceOf = Effect.map(server.mediaReports.reportsOf(id), ({ source }) => source)
      deepStrictEqual(yield* sourceOf, Option.some(reportOf(detailed("first"))))
      yield* server.editing.editVideo(id, [{ name: "cut", options: { end: 30 } }])
      const held = yield* acceptNext(server, runner)
      const result = detailed("second", Media.aVideo({ seconds: 30 }))
      yield* asTimeGoesBy(succeed(server, held, anEdit(server.world, result)))
      deepStrictEqual(yield* sourceOf, Option.some(reportOf(result)))
      deepStrictEqual(namesIn(server, id), ["source"], "the reports of the old renditions are gone")
      yield* goOn(server, runner)
    })
  )

  it.effect("of a result that is refused is not kept", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const { id } = yield* takeIn(server, one)
      const held = yield* acceptNext(server, runner)
      const bad = resultWith(server.world, held.job, Media.aVideo({ seconds: 3 }))
      yield* asTimeGoesBy(succeed(server, held, bad))
      yield* failNext(server, runner)
      deepStrictEqual(namesIn(server, id), ["source"])
    })
  )

  it.effect("of a lost rendition is replaced when that is made again", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const { id } = yield* takeIn(server, one)
      yield* asTimeGoesBy(workOnce(server, runner))
      const [before] = videoOf(server.world, { id }).files
      yield* removeFile(server.world, before?.key ?? "")
      yield* server.transcoding.ensureRenditions(id)
      yield* asTimeGoesBy(workOnce(server, runner))
      const [after] = videoOf(server.world, { id }).files
      assert.notStrictEqual(after?.attemptId, before?.attemptId)
      deepStrictEqual(new Set(namesIn(server, id)), new Set(["source", after?.attemptId]))
    })
  )

  it.effect("is removed with the video", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { id } = yield* takeIn(server)
      yield* server.removal.removeVideo(id)
      deepStrictEqual(namesIn(server, id), [])
      assert.strictEqual(yield* outcome(server.mediaReports.reportsOf(id)), "UnknownVideo")
    })
  )
})
