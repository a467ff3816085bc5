import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { api, assertPublished } from "./support/Api.ts"
import { Engine, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { play } from "./support/playback.ts"
import { dial } from "./support/rawTcp.ts"
import { recordedRunners } from "./support/recordedRunners.ts"
import { makeRendition } from "./support/rendition.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

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
            const runner = ScriptedRunner.make(recorded, port)
            const { expect } = ScriptedRunner
            const { runnerToken } = yield* runner.register(yield* ExampleServer.registrationToken(server))
            const socket = yield* ScriptedRunner.openSocket(recorded, port, runnerToken)
            const called = (times: number) =>
              until(`the runner was called ${times} times`, socket.frames, (frames) => pings(frames) === times)
            assert.deepStrictEqual(yield* runner.request(runnerToken), [])

            const { uuid } = yield* client.upload(clip)
            yield* called(1)
            const offers = yield* runner.request(runnerToken)
            assert.deepStrictEqual(
              offers.map(({ payload }) => payload.output),
              [240, 360].map((resolution) => ({ resolution, fps: 24, separatedAudio: false }))
            )

            const first = String(offers[0]?.uuid)
            const begun = yield* runner.accept(first, runnerToken)
            assert.isUndefined(codeOf(expect(yield* runner.post(`/jobs/${first}/accept`, { runnerToken }), 400)))
            expect(yield* runner.abort(begun, "Runner stopped"), 204)
            yield* called(2)
            assert.isUndefined(codeOf(expect(yield* runner.update(begun), 404)))
            const failed = yield* runner.accept(first, runnerToken)
            expect(yield* runner.fail(failed, "ffmpeg exited with code 1: Conversion failed!\n"), 204)
            yield* called(3)
            assert.deepInclude((yield* client.video(uuid)).jobs[0], { failures: 1, state: { id: 1, label: "Pending" } })

            const downloads = yield* dial(port)
            for (const offer of offers) {
              const job = yield* runner.accept(offer.uuid, runnerToken)
              if (recorded.reportsBeforeDownload) expect(yield* runner.update(job), 204)
              const source = yield* runner.download(downloads, job)
              assert.isDefined(source)
              assert.strictEqual(source.status, 200)
              assert.isTrue(source.bytes.equals(yield* Effect.promise(() => readFile(clip))))
              if (!recorded.reportsBeforeDownload) expect(yield* runner.update(job), 204)
              expect(yield* runner.update(job, [{ name: "progress", text: "53" }]), 204)
              const { jobs } = yield* client.video(uuid)
              const shown = jobs.find((one) => one.uuid === job.uuid)
              assert.deepInclude(shown, { progress: 53, state: { id: 2, label: "Processing" } })
              const result = yield* makeRendition(source.bytes, offer.payload.output.resolution)
              expect(yield* runner.succeed(job, result), 204)
              const late = expect(yield* runner.succeed(job, result), 400)
              assert.strictEqual(codeOf(late), "runner_job_not_in_processing_state")
              expect(yield* runner.update(job), 204)
            }

            const video = yield* client.video(uuid)
            assertPublished(video, [240, 360])
            const played = yield* play(String(video.playlistUrl))
            assert.deepStrictEqual(
              played.map(({ height }) => height),
              [240, 360]
            )
            assert.deepStrictEqual(yield* runner.request(runnerToken), [])
            expect(yield* runner.unregister(runnerToken), 204)
            yield* socket.close
            const gone = expect(yield* runner.post("/jobs/request", recorded.request(runnerToken)), 404)
            assert.strictEqual(codeOf(gone), "unknown_runner_token")
            assert.notMatch(yield* server.log, /ptr(?:j)?t-|ERROR/)
          }),
        60_000
      )
    }
  }
)
