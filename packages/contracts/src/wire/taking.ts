import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Runners } from "@runner-connector/core"
import { AvailableJob } from "@runner-connector/protocol"
import { DateTime, Effect, Option, Schema } from "effect"
import { accept, aHeldJob, aRunner, aWaitingJob, noOtherJobs, stateOf, stored, take, uploadsIn } from "./arrange.ts"
import { assertProblem, documentOf, postJson, R } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import type { WireCases } from "./WireServer.ts"
import { origin } from "./world.ts"

const AvailableJobs = Schema.Struct({ availableJobs: Schema.Array(AvailableJob) })

const Told = Schema.Struct({ output: Schema.Record({ key: Schema.String, value: Schema.Unknown }) })

const request = (body: unknown) =>
  Effect.map(postJson(`${R}/jobs/request`, body), (answer) => documentOf(answer, AvailableJobs).availableJobs)

const payloadFor = (id: string, videoId: string) => ({
  input: {
    videoFileUrl: `${origin}/api/v1/runners/jobs/${id}/files/videos/${videoId}/max-quality`,
    separatedAudioFileUrl: []
  },
  output: { resolution: 240, fps: 25, separatedAudio: false }
})

const requesting: WireCases = (it) => {
  it.effect("lists pending jobs with exactly uuid, type and payload, and creates no lease", () =>
    Effect.gen(function* () {
      yield* noOtherJobs
      const { runnerToken } = yield* aRunner
      const other = yield* aRunner
      const { id, videoId } = yield* aWaitingJob()
      const expected = [{ uuid: id, type: "vod-hls-transcoding", payload: payloadFor(id, videoId) }]
      deepStrictEqual(yield* request({ runnerToken }), expected)
      deepStrictEqual(yield* request({ runnerToken }), expected, "the same job to the same runner")
      deepStrictEqual(yield* request({ runnerToken: other.runnerToken }), [], "reserved for two seconds")
      assert.strictEqual(yield* stateOf(id), "Pending")
    })
  )

  it.effect("lists at most ten jobs, lowest priority value first, then oldest", () =>
    Effect.gen(function* () {
      yield* noOtherJobs
      const { runnerToken } = yield* aRunner
      const priorities = [5, 1, 3, 1, 9, 9, 9, 9, 9, 9, 9, 2]
      const jobs = yield* Effect.forEach(priorities, (priority) => aWaitingJob({ priority }))
      const order = [1, 3, 11, 2, 0, 4, 5, 6, 7, 8].map((index) => String(jobs[index]?.id))
      deepStrictEqual(
        (yield* request({ runnerToken })).map(({ uuid }) => uuid),
        order
      )
    })
  )

  it.effect("lists the requested types: none for an empty list or unknown names", () =>
    Effect.gen(function* () {
      yield* noOtherJobs
      const { runnerToken } = yield* aRunner
      yield* aWaitingJob()
      assert.lengthOf(yield* request({ runnerToken, jobTypes: [] }), 0)
      assert.lengthOf(yield* request({ runnerToken, jobTypes: ["unheard-of"] }), 0)
      assert.lengthOf(yield* request({ runnerToken, jobTypes: ["unheard-of", "vod-hls-transcoding"] }), 1)
    })
  )

  it.effect("omits a job that it cannot decode", () =>
    Effect.gen(function* () {
      yield* noOtherJobs
      const { runnerToken } = yield* aRunner
      const broken = yield* aWaitingJob({ payload: { output: "nonsense" }, priority: -1 })
      const { id } = yield* aWaitingJob()
      deepStrictEqual(
        (yield* request({ runnerToken })).map(({ uuid }) => uuid),
        [id]
      )
      assertProblem(yield* postJson(`${broken.path}/accept`, { runnerToken }), 400)
      assert.strictEqual(yield* stateOf(broken.id), "Pending")
    })
  )

  it.effect("stores the version in the runner's request", () =>
    Effect.gen(function* () {
      const { id, runnerToken } = yield* aRunner
      yield* request({ runnerToken, version: "0.5.0" })
      const runners = yield* Runners.Runners
      const { data } = yield* runners.list({ start: 0, count: 100 })
      deepStrictEqual(data.find((runner) => runner.id === id)?.version, Option.some("0.5.0"))
    })
  )
}

const accepting: WireCases = (it) => {
  it.effect("leases the job to the runner with its complete payload", () =>
    Effect.gen(function* () {
      const runner = yield* aRunner
      const { id, path, videoId } = yield* aWaitingJob({ priority: 103 })
      const answer = yield* postJson(`${path}/accept`, { runnerToken: runner.runnerToken })
      const { job } = documentOf(answer, Schema.Struct({ job: Schema.Unknown })) as { job: Record<string, unknown> }
      yield* keepSecret(String(job.jobToken))
      assert.match(String(job.jobToken), /^ptrjt-[0-9a-f-]{36}$/)
      const { input, output } = payloadFor(id, videoId)
      const told = Schema.decodeUnknownSync(Told)(job.payload)
      const uploads = yield* uploadsIn(told.output)
      deepStrictEqual(Object.keys(uploads), ["videoFile", "resolutionPlaylistFile"])
      for (const [file, url] of Object.entries(uploads)) {
        assert.match(url, new RegExp(`^${origin}${path}/uploads/[0-9a-f]{64}/${file}$`))
      }
      const now = yield* stored(id)
      deepStrictEqual(job, {
        uuid: id,
        type: "vod-hls-transcoding",
        state: { id: 2, label: "Processing" },
        progress: null,
        priority: 103,
        failures: 0,
        error: null,
        payload: { input, output: { ...told.output, ...output } },
        startedAt: Option.map(now.startedAt, DateTime.formatIso).pipe(Option.getOrThrow),
        createdAt: DateTime.formatIso(now.createdAt),
        updatedAt: DateTime.formatIso(now.updatedAt),
        runner: { id: runner.id, name: runner.name, description: null },
        jobToken: job.jobToken
      })
      assert.strictEqual(now.state, "Processing")
    })
  )

  it.effect("leases the only job to one of many concurrent runners; the others lose the race", () =>
    Effect.gen(function* () {
      yield* noOtherJobs
      const runners = yield* Effect.forEach(Array.from({ length: 8 }), () => aRunner)
      const { path } = yield* aWaitingJob()
      const answers = yield* Effect.forEach(runners, ({ runnerToken }) => postJson(`${path}/accept`, { runnerToken }), {
        concurrency: "unbounded"
      })
      assert.lengthOf(
        answers.filter(({ status }) => status === 200),
        1
      )
      for (const answer of answers.filter(({ status }) => status !== 200)) {
        assertProblem(answer, 409, "runner_job_not_in_pending_state")
      }
    })
  )

  it.effect("leases different jobs to concurrent runners that accept the same job, while jobs remain", () =>
    Effect.gen(function* () {
      yield* noOtherJobs
      const runners = yield* Effect.forEach(Array.from({ length: 8 }), () => aRunner)
      const jobs = yield* Effect.forEach(Array.from({ length: 8 }), () => aWaitingJob())
      const taken = yield* Effect.forEach(runners, ({ runnerToken }) => take(String(jobs[0]?.id), runnerToken), {
        concurrency: "unbounded"
      })
      deepStrictEqual(taken.map(({ uuid }) => uuid).toSorted(), jobs.map(({ id }) => id).toSorted())
      const [last] = taken
      assert.isDefined(last)
      assert.strictEqual((yield* postJson(`${R}/jobs/${last.uuid}/update`, last.tokens)).status, 204)
    })
  )

  it.effect("issues a new token with every attempt and invalidates the old ones", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      assert.strictEqual((yield* postJson(`${path}/abort`, { ...tokens, reason: "tired" })).status, 204)
      const again = yield* accept(id, tokens.runnerToken)
      assert.notStrictEqual(again.jobToken, tokens.jobToken)
      assertProblem(yield* postJson(`${path}/update`, tokens), 404)
      assert.strictEqual((yield* postJson(`${path}/update`, again)).status, 204)
    })
  )
}

export const takingCases: WireCases = (it) => {
  requesting(it)
  accepting(it)
}
