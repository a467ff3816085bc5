import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { api, assertProblem, assertPublished, request } from "./support/Api.ts"
import { Engine, fixture, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { dial } from "./support/rawTcp.ts"
import { type Part, recordedRunners } from "./support/recordedRunners.ts"
import { makeRendition } from "./support/rendition.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

/** A server whose local runner does one job at a time, and a scripted runner. */
class Stage extends Context.Tag("Stage")<
  Stage,
  {
    readonly server: ExampleServer.ExampleServer
    readonly port: number
    readonly clip: string
    readonly runner: ScriptedRunner.ScriptedRunner
    readonly runnerToken: string
    readonly result: ReadonlyArray<Part>
    /** Every file of videos and uploads. */
    readonly stored: Effect.Effect<ReadonlyArray<readonly [name: string, size: number]>>
  }
>() {}

const stage = Layer.scoped(
  Stage,
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* freePort
    const env = { LOCAL_RUNNER_CONCURRENCY: "1", RUNNER_UPKEEP_INTERVAL: "1500 millis", RUNNER_RETIRED_FOR: "1 second" }
    const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port, env })
    const [, recorded] = recordedRunners
    assert.isDefined(recorded)
    const runner = ScriptedRunner.make(recorded, port)
    const { runnerToken } = yield* runner.register(yield* ExampleServer.registrationToken(server))
    const clip = yield* makeClip(folder, "clip.mp4", { size: "1280x720", seconds: 20 })
    // Its content is refused, but it must be long enough to take a while.
    const source = yield* Effect.promise(() => readFile(fixture("faststart.mp4")))
    const result = yield* makeRendition(source, 720)
    const stored = filesBelow(join(server.dataDir, "storage"))
    return { server, port, clip, runner, runnerToken, result, stored }
  })
)

const { expect } = ScriptedRunner

/**
 * A video that the local runner is transcoding, and one of its jobs whose result the other runner is about to submit.
 */
const videoAtWork = Effect.gen(function* () {
  const { clip, port, result, runner, runnerToken, server } = yield* Stage
  const client = api(server.url)
  const { uuid } = yield* client.upload(clip)
  const isAtWork = Effect.map(client.video(uuid), ({ jobs }) => Number(jobs[0]?.progress) > 0)
  yield* until("the local runner works", isAtWork, (atWork) => atWork)
  const offers = yield* runner.request(runnerToken)
  const job = yield* runner.accept(String(offers.at(-1)?.uuid), runnerToken)
  expect(yield* runner.update(job), 204)
  const sending = yield* dial(port)
  const message = runner.successMessage(job, result)
  yield* sending.write(message.subarray(0, message.length / 2))
  return { uuid, job, sending, rest: message.subarray(message.length / 2) }
})

/** All calls about a deleted job. */
const lateCalls = (job: ScriptedRunner.HeldJob) =>
  Effect.gen(function* () {
    const { port, result, runner } = yield* Stage
    return yield* Effect.all([
      runner.update(job),
      runner.succeed(job, result),
      runner.fail(job, "it is gone"),
      runner.abort(job, "it is gone"),
      Effect.scoped(Effect.flatMap(dial(port), (connection) => runner.download(connection, job)))
    ])
  })

const nobodyWorks = Effect.gen(function* () {
  const { server } = yield* Stage
  const folders = [join(server.dataDir, "local-runner", "jobs"), join(server.dataDir, "spool")]
  const work = Effect.map(Effect.all(folders.map(filesBelow)), (lists) => lists.flat())
  yield* until("all work on it has ended", work, (files) => files.length === 0)
  yield* until("no FFmpeg runs any more", server.children("ffmpeg"), (pids) => pids.length === 0)
})

layer(Layer.provideMerge(stage, Engine), { excludeTestServices: true, timeout: "5 minutes" })(
  "a video that is deleted",
  (it) => {
    it.scoped(
      "while runners work on it: deletes its files and jobs permanently",
      () =>
        Effect.gen(function* () {
          const { runner, runnerToken, server, stored } = yield* Stage
          const client = api(server.url)
          const { job, rest, sending, uuid } = yield* videoAtWork
          const { thumbnailUrl } = yield* client.video(uuid)

          const removed = yield* client.remove(uuid)
          deepStrictEqual([removed.status, removed.text], [204, ""])
          assertProblem(yield* client.send(`/videos/${uuid}`), 404)
          assertProblem(yield* client.remove(uuid), 404)
          assertProblem(yield* request(String(thumbnailUrl)), 404)
          deepStrictEqual(yield* runner.request(runnerToken), [])

          yield* sending.write(rest)
          expect(yield* sending.answer, 404)
          for (const answer of yield* lateCalls(job)) expect(answer, 404)
          yield* nobodyWorks
          yield* until("nothing is left", stored, (files) => files.length === 0)
          assert.strictEqual((yield* client.videos).total, 0)
          assert.notMatch(yield* server.log, /ERROR/)
        }),
      300_000
    )

    it.effect(
      "when it is published: keeps the other videos",
      () =>
        Effect.gen(function* () {
          const { server, stored } = yield* Stage
          const client = api(server.url)
          const [one, other] = yield* Effect.all([
            client.upload(fixture("faststart.mp4")),
            client.upload(fixture("faststart.mp4"))
          ])
          const video = yield* client.settled(one.uuid)
          const remaining = yield* client.settled(other.uuid)
          assertPublished(video, [180])
          assert.strictEqual((yield* client.remove(one.uuid)).status, 204)
          for (const url of [video.playlistUrl, video.thumbnailUrl, video.files[0]?.url, video.files[0]?.playlistUrl]) {
            assertProblem(yield* request(String(url)), 404)
          }
          deepStrictEqual(yield* client.video(other.uuid), remaining)
          for (const url of [remaining.playlistUrl, remaining.thumbnailUrl, remaining.files[0]?.url]) {
            assert.strictEqual((yield* request(String(url))).status, 200)
          }
          assert.strictEqual((yield* client.remove(other.uuid)).status, 204)
          yield* until("nothing is left", stored, (files) => files.length === 0)
        }),
      300_000
    )

    it.effect(
      "when it shares an upload: keeps that upload",
      () =>
        Effect.gen(function* () {
          const { server, stored } = yield* Stage
          const client = api(server.url)
          const { uuid } = yield* client.upload(fixture("faststart.mp4"))
          yield* client.settled(uuid)
          const before = yield* stored
          const path = before.find(([name]) => name.startsWith("uploads/"))?.[0]
          const made = yield* client.transcode({ path, destination: "videos/again/" })
          const again = yield* client.settled(JSON.parse(made.text).video.uuid)
          assertPublished(again, [180])
          assert.strictEqual((yield* client.remove(again.uuid)).status, 204)
          const inTime = yield* until("its files are gone", stored, (files) => files.length <= before.length)
          deepStrictEqual(inTime, before)
          assert.strictEqual((yield* client.remove(uuid)).status, 204)
          yield* until("nothing is left", stored, (files) => files.length === 0)
        }),
      300_000
    )
  }
)
