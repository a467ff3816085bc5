import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Ids, RunnerJob } from "@runner-connector/core"
import { DateTime, FastCheck as fc, Option, Schema } from "effect"
import { held, job, uuid, video } from "../../../test/fixtures/django/world.ts"
import { JobRow, VideoRow } from "../src/database/tables.ts"
import { jobsOf } from "../src/mapping/job.ts"
import { placeOf } from "../src/mapping/place.ts"

const decode = Schema.decodeUnknownSync(JobRow)
const filled = (row: object) => ({
  ...{ error: null, processingJobToken: null, progress: null, startedAt: null, finishedAt: null },
  ...{ dependsOnRunnerJob_id: null, runner_id: null, ...row }
})

const noFiles = {
  thumbnailFilename: null,
  transcriptFileName: null,
  language: null,
  baseFilename: null,
  duration: null
}
const place = Option.getOrThrow(placeOf(Schema.decodeUnknownSync(VideoRow)({ ...noFiles, ...video(1) })))

const context = {
  videoId: Ids.VideoId.make(uuid(13, 1)),
  place,
  runners: new Map([[uuid(2, 1), { id: Ids.RunnerId.make(7), name: "runner 1" }]]),
  hashes: new Map<string, Ids.TokenHash>(),
  maxFailures: 5,
  now: DateTime.unsafeMake("2024-06-01T00:00:00Z")
}

const JOBS = 6

/** Jobs in any states, each perhaps with a parent among them, also in rings. */
const anyJobs = fc
  .array(
    fc.record({
      state: fc.integer({ min: 0, max: 10 }),
      parent: fc.option(fc.integer({ min: 0, max: JOBS - 1 }), { nil: undefined }),
      hasRunner: fc.boolean(),
      isKnownType: fc.boolean()
    }),
    { maxLength: JOBS }
  )
  .map((specs) =>
    specs.map(({ hasRunner, isKnownType, parent, state }, index) => {
      const type = isKnownType ? {} : { type: "live-rtmp-hls-transcoding" }
      const more = { ...(parent === undefined ? {} : { dependsOnRunnerJob_id: uuid(6, parent) }), ...type, state }
      return decode(filled(hasRunner ? held(index, 1, 1, more) : job(index, 1, state, more)))
    })
  )

const openStates = new Set(["Pending", "Processing", "WaitingForParent", "Completing"])

describe("imported jobs", () => {
  it("are all reported, and none can wait or be held for ever", () => {
    fc.assert(
      fc.property(anyJobs, (rows) => {
        const { jobs, report } = jobsOf(rows, context)
        const counts = report.tables.runnerjob
        assert.strictEqual(counts?.found ?? 0, rows.length)
        assert.strictEqual(counts?.imported ?? 0, jobs.length)
        Schema.encodeSync(Schema.Array(RunnerJob.RunnerJob))(jobs)
        const byId = new Map(jobs.map((one) => [one.id, one]))
        for (const one of jobs) {
          const held = one.state === "Processing" || one.state === "Completing"
          assert.strictEqual(Option.isSome(one.attemptId), held)
          if (held) deepStrictEqual(one.runnerId, Option.some(Ids.RunnerId.make(7)))
          if (one.state !== "WaitingForParent") continue
          // The chain of parents ends at an open job that does not wait.
          let top: RunnerJob.RunnerJob = one
          for (let steps = 0; top.state === "WaitingForParent"; steps += 1) {
            assert.isBelow(steps, JOBS)
            const parent = byId.get(Option.getOrThrow(top.parentId))
            assert.isDefined(parent)
            top = parent
          }
          assert.isTrue(openStates.has(top.state))
        }
      })
    )
  })

  it("keep the attempt of the runner that the row names", () => {
    const [running, failed] = [
      decode(filled(held(1, 1, 1))),
      decode(filled(job(2, 1, 4, { runner_id: uuid(2, 1), error: "no space left" })))
    ]
    const { jobs } = jobsOf([running, failed], context)
    deepStrictEqual(
      jobs.map(({ attempts }) => attempts.map(({ end, runner }) => [runner, Option.map(end, (_) => _.outcome)])),
      [[["runner 1", Option.none()]], [["runner 1", Option.some("failed" as const)]]]
    )
    deepStrictEqual(jobs[1]?.error, Option.some("no space left"))
  })

  it("keep foreign addresses of transcriptions, and use this server instead of the original", () => {
    const own = job(1, 1, 1)
    const rows = [
      { ...own, type: "video-transcription" },
      { ...job(2, 1, 1), type: "video-transcription", payload: { input: { videoFileUrl: "https://a.example/b.mp4" } } }
    ]
    const { jobs } = jobsOf(
      rows.map((row) => decode(filled(row))),
      context
    )
    deepStrictEqual<ReadonlyArray<unknown>>(
      jobs.map(({ awaited, payload }) => [awaited, payload]),
      [
        [false, {}],
        [false, { videoUrl: "https://a.example/b.mp4" }]
      ]
    )
  })
})
