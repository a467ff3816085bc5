import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Layer } from "effect"
import { api, assertPublished, request, type Video } from "./support/Api.ts"
import { Engine } from "./support/clips.ts"
import { CLIP, Crashes, crashDuring, type Moment, nameOf, RESOLUTION, layer as world } from "./support/crashes.ts"
import { formMessage, jsonMessage } from "./support/recordedRunners.ts"
import { until } from "./support/waiting.ts"
import { filesBelow } from "./support/workspace.ts"

const client = Effect.map(Crashes, ({ server }) => api(server().url))
const videos = Effect.flatMap(client, (one) => one.videos)

/** The job of a new video. */
const newJob = Effect.gen(function* () {
  const { upload, video } = yield* client
  const { uuid } = yield* upload(CLIP)
  const [job] = (yield* video(uuid)).jobs
  assert.isDefined(job)
  return { video: uuid, uuid: job.uuid }
})

const stateOf = (video: string) =>
  Effect.map(
    Effect.flatMap(client, (one) => one.video(video)),
    ({ jobs }) => jobs[0]?.state.label
  )

const killedUpload = (moment: Moment) =>
  Effect.gen(function* () {
    const { clip, port, runner } = yield* Crashes
    const before = (yield* videos).total
    const part = { name: "videoFile", filename: "clip.mp4", type: "video/mp4", bytes: clip }
    const message = formMessage(runner.runner, "/videos/upload", `127.0.0.1:${port}`, [part])
    const answer = yield* crashDuring("upload", message, moment)
    const after = (yield* videos).total
    if (answer === undefined) assert.oneOf(after - before, [0, 1])
    else deepStrictEqual([answer.status, after - before], [200, 1])
  })

const killedAccept = (moment: Moment) =>
  Effect.gen(function* () {
    const { port, runner, runnerToken } = yield* Crashes
    const { uuid, video } = yield* newJob
    const path = `/api/v1/runners/jobs/${uuid}/accept`
    const message = jsonMessage(runner.runner, path, `127.0.0.1:${port}`, { runnerToken })
    const answer = yield* crashDuring("accept", message, moment)
    if (answer !== undefined) assert.strictEqual(answer.status, 200)
    assert.oneOf(yield* stateOf(video), answer === undefined ? ["Pending", "Processing"] : ["Processing"])
  })

/** A runner that heard no answer tries again. */
const killedSuccess = (moment: Moment) =>
  Effect.gen(function* () {
    const { result, runner, runnerToken } = yield* Crashes
    const { uuid, video } = yield* newJob
    const job = yield* runner.accept(uuid, runnerToken)
    const answer = yield* crashDuring("success", runner.successMessage(job, result), moment)
    const found = yield* stateOf(video)
    if (answer !== undefined) deepStrictEqual([answer.status, found], [204, "Completed"])
    const again = yield* runner.succeed(job, result)
    if ("body" in moment) assert.strictEqual(again?.status, 204)
    assert.oneOf(again?.status, found === "Completed" ? [400] : [204, 400, 404])
  })

/** Does all jobs that are on offer, one after the other, until no video waits for any. */
const workOff = Effect.gen(function* () {
  const { result, runner, runnerToken } = yield* Crashes
  const step = Effect.gen(function* () {
    for (const { uuid } of yield* runner.request(runnerToken)) {
      const job = yield* runner.accept(uuid, runnerToken)
      assert.strictEqual((yield* runner.succeed(job, result))?.status, 204)
    }
    return (yield* videos).data
  })
  const isDone = ({ jobs }: Video) => jobs.every(({ state }) => state.label === "Completed")
  return yield* until("all jobs are done", step, (all) => all.every(isDone))
})

/** All that a video shows is there, whole, and as the runner made it. */
const assertWhole = (video: Video) =>
  Effect.gen(function* () {
    const { result } = yield* Crashes
    assertPublished(video, [RESOLUTION])
    const [file] = video.files
    const [made] = result
    const stored = yield* request(String(file?.url))
    assert.isTrue(made !== undefined && "bytes" in made && stored.bytes.equals(made.bytes))
    assert.strictEqual(file?.size, stored.bytes.length)
    const picture = yield* request(String(video.thumbnailUrl))
    assert.strictEqual(picture.bytes.subarray(-2).toString("hex"), "ffd9", "the end of a JPEG")
    for (const url of [video.playlistUrl, file?.playlistUrl]) {
      const lines = (yield* request(String(url))).text.split("\n")
      const named = lines.filter((line) => line !== "" && !line.startsWith("#"))
      assert.strictEqual(named.length, 1)
      for (const name of named) assert.strictEqual((yield* request(new URL(name, String(url)).href)).status, 200)
    }
  })

const keysOf = ({ files, playlistUrl, thumbnailUrl }: Video): ReadonlyArray<string> =>
  [thumbnailUrl, playlistUrl, ...files.flatMap((file) => [file.url, file.playlistUrl])].map((url) =>
    new URL(String(url)).pathname.replace("/storage/", "")
  )

/**
 * Beside what the videos show there are their sources, and what nobody can see: uploads and pictures of videos that
 * did not come to be, and drafts.
 */
const assertNothingElse = (all: ReadonlyArray<Video>) =>
  Effect.gen(function* () {
    const { clip, dataDir } = yield* Crashes
    const known = new Set(all.flatMap(keysOf))
    const others = Effect.map(filesBelow(join(dataDir, "storage")), (files) =>
      files.filter(([name]) => !known.has(name))
    )
    const isExpected = ([name, size]: readonly [string, number]) =>
      name.startsWith("uploads/") ? size === clip.length : /^(?:\.tmp\/|videos\/.*-thumbnail\.jpg$)/.test(name)
    const left = yield* until("what was replaced is gone", others, (files) => files.every(isExpected))
    assert.isAtLeast(left.filter(([name]) => name.startsWith("uploads/")).length, all.length)
  })

const uploads = [{ body: 0.6 }, { time: 0.3 }, { time: 0.85 }, { time: 1.3 }]
const accepts = [{ time: 0.4 }, { time: 0.9 }]
const successes = [{ body: 0.6 }, ...[0.1, 0.3, 0.5, 0.7, 0.9, 1.2].map((time) => ({ time }))]

layer(Layer.provideMerge(world, Engine), { excludeTestServices: true, timeout: "120 seconds" })(
  "a server that is killed and started again",
  (it) => {
    for (const moment of uploads) {
      it.effect(`during an upload, ${nameOf(moment)}: takes it whole or not at all`, () => killedUpload(moment), 30_000)
    }
    for (const moment of accepts) {
      it.effect(`during an accept, ${nameOf(moment)}: keeps what it has confirmed`, () => killedAccept(moment), 30_000)
    }
    for (const moment of successes) {
      it.effect(`during a success, ${nameOf(moment)}: keeps what it has confirmed`, () => killedSuccess(moment), 30_000)
    }

    it.effect(
      "loses no job, publishes none twice, and shows no half file",
      () =>
        Effect.gen(function* () {
          const all = yield* workOff
          assert.isAtLeast(all.length, 1 + accepts.length + successes.length)
          for (const video of all) yield* assertWhole(video)
          for (const { jobs } of all) assert.isAtMost(Number(jobs[0]?.failures), 1)
          yield* assertNothingElse(all)
        }),
      60_000
    )
  }
)
