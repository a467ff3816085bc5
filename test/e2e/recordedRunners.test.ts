import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { api, assertPublished } from "./support/Api.ts"
import { Engine, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { play } from "./support/playback.ts"
import { dial, type RawConnection } from "./support/rawTcp.ts"
import { type RecordedRunner, recordedRunners } from "./support/recordedRunners.ts"
import { makeRendition } from "./support/rendition.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const { expect } = ScriptedRunner

/** A server without a runner of its own, and a video to give to it. */
class Bench extends Context.Tag("Bench")<
  Bench,
  { readonly server: ExampleServer.ExampleServer; readonly port: number; readonly clip: string }
>() {}

const bench = Layer.scoped(
  Bench,
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* freePort
    const env = {
      LOCAL_RUNNER: "off",
      TRANSCODING_RESOLUTIONS_240P: "true",
      // Calls come of what happens, not of upkeep.
      RUNNER_UPKEEP_INTERVAL: "1 hour"
    }
    const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port, env })
    const clip = yield* makeClip(folder, "clip.mp4", { size: "640x360", seconds: 3 })
    return { server, port, clip }
  })
)

const PING = '42/runners,["available-jobs"]'
const pings = (frames: ReadonlyArray<string>): number => frames.filter((text) => text === PING).length

const codeOf = (text: string): unknown => JSON.parse(text).code

/** A registered runner that is connected. */
const connected = (recorded: RecordedRunner) =>
  Effect.gen(function* () {
    const { port, server } = yield* Bench
    const runner = ScriptedRunner.make(recorded, port)
    const { runnerToken } = yield* runner.register(yield* ExampleServer.registrationToken(server))
    const socket = yield* ScriptedRunner.openSocket(recorded, port, runnerToken)
    const called = (times: number) =>
      until(`the runner was called ${times} times`, socket.frames, (frames) => pings(frames) === times)
    return { recorded, runner, runnerToken, socket, called }
  })

type Connected = Effect.Effect.Success<ReturnType<typeof connected>>

/** Takes the job, gives it back, takes it again and fails with it. */
const giveUp = ({ called, runner, runnerToken }: Connected, uuid: string) =>
  Effect.gen(function* () {
    const begun = yield* runner.accept(uuid, runnerToken)
    assert.isUndefined(codeOf(expect(yield* runner.post(`/jobs/${uuid}/accept`, { runnerToken }), 400)))
    expect(yield* runner.abort(begun, "Runner stopped"), 204)
    yield* called(2)
    assert.isUndefined(codeOf(expect(yield* runner.update(begun), 404)))
    const failed = yield* runner.accept(uuid, runnerToken)
    expect(yield* runner.fail(failed, "ffmpeg exited with code 1: Conversion failed!\n"), 204)
    yield* called(3)
  })

/** Fetches the source and reports for the first time, in the order of the recording. */
const begin = ({ recorded, runner }: Connected, downloads: RawConnection, job: ScriptedRunner.HeldJob) =>
  Effect.gen(function* () {
    if (recorded.reportsBeforeDownload) expect(yield* runner.update(job), 204)
    const source = yield* runner.download(downloads, job)
    if (!recorded.reportsBeforeDownload) expect(yield* runner.update(job), 204)
    expect(source, 200)
    return source?.bytes ?? Buffer.alloc(0)
  })

/** Does a job from its start to its end, and reports once more than needed. */
const work = (one: Connected, downloads: RawConnection, job: ScriptedRunner.HeldJob, video: string) =>
  Effect.gen(function* () {
    const { clip, server } = yield* Bench
    const { runner } = one
    const source = yield* begin(one, downloads, job)
    assert.isTrue(source.equals(yield* Effect.promise(() => readFile(clip))))
    expect(yield* runner.update(job, [{ name: "progress", text: "53" }]), 204)
    const { jobs } = yield* api(server.url).video(video)
    const shown = jobs.find(({ uuid }) => uuid === job.uuid)
    assert.deepInclude(shown, { progress: 53, state: { id: 2, label: "Processing" } })
    const result = yield* makeRendition(source, job.payload.output.resolution)
    expect(yield* runner.succeed(job, result), 204)
    const late = expect(yield* runner.succeed(job, result), 400)
    assert.strictEqual(codeOf(late), "runner_job_not_in_processing_state")
    expect(yield* runner.update(job), 204)
  })

/** Leaves, and is not known any more. */
const leave = ({ recorded, runner, runnerToken, socket }: Connected) =>
  Effect.gen(function* () {
    deepStrictEqual(yield* runner.request(runnerToken), [])
    expect(yield* runner.unregister(runnerToken), 204)
    yield* socket.close
    const gone = expect(yield* runner.post("/jobs/request", recorded.request(runnerToken)), 404)
    assert.strictEqual(codeOf(gone), "unknown_runner_token")
  })

layer(Layer.provideMerge(bench, Engine), { excludeTestServices: true, timeout: "120 seconds" })(
  "what real runners send, byte by byte",
  (it) => {
    for (const recorded of recordedRunners) {
      it.scoped(
        `runner ${recorded.version} registers, takes both jobs of a video and publishes it`,
        () =>
          Effect.gen(function* () {
            const { clip, port, server } = yield* Bench
            const client = api(server.url)
            const one = yield* connected(recorded)
            const { runner, runnerToken } = one
            deepStrictEqual(yield* runner.request(runnerToken), [])

            const { uuid } = yield* client.upload(clip)
            yield* one.called(1)
            const offers = yield* runner.request(runnerToken)
            const asked = [240, 360].map((resolution) => ({ resolution, fps: 24, separatedAudio: false }))
            deepStrictEqual(
              offers.map(({ payload }) => payload.output),
              asked
            )

            yield* giveUp(one, String(offers[0]?.uuid))
            assert.deepInclude((yield* client.video(uuid)).jobs[0], { failures: 1, state: { id: 1, label: "Pending" } })
            const downloads = yield* dial(port)
            for (const offer of offers) yield* work(one, downloads, yield* runner.accept(offer.uuid, runnerToken), uuid)

            const video = yield* client.video(uuid)
            assertPublished(video, [240, 360])
            const played = yield* play(String(video.playlistUrl))
            deepStrictEqual(
              played.map(({ height }) => height),
              [240, 360]
            )
            yield* leave(one)
            assert.notMatch(yield* server.log, /ptr(?:j)?t-|ERROR/)
          }),
        60_000
      )
    }
  }
)
