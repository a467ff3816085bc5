import { readFile } from "node:fs/promises"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, Layer, type Scope } from "effect"
import { assertPublished } from "./support/Api.ts"
import { Engine } from "./support/clips.ts"
import { play } from "./support/playback.ts"
import * as RecordedBench from "./support/recordedBench.ts"
import { Bench, begin, type Connected, codeOf, connected, leave } from "./support/recordedBench.ts"
import { filmInChunks } from "./support/recordedChunks.ts"
import { liveFails, liveIsAborted, newerWholeLive, olderWholeLive } from "./support/recordedLiveFlow.ts"
import { customUpload, storyboard, studioFails, transcriptionFails } from "./support/recordedOthers.ts"
import { recordedRunners } from "./support/recordedRunners.ts"
import { askedBy, audioMerge, splitAudio, studio, webVideo } from "./support/recordedVod.ts"
import * as ScriptedRunner from "./support/ScriptedRunner.ts"

const { expect } = ScriptedRunner

/**
 * Accepts the job, aborts it, accepts it again and reports an error. Two late accepts: the first one gets the other
 * job.
 */
const giveUp = ({ called, runner, runnerToken }: Connected, uuid: string) =>
  Effect.gen(function* () {
    const begun = yield* runner.accept(uuid, runnerToken)
    const other = yield* runner.accept(uuid, runnerToken)
    assert.notStrictEqual(other.uuid, uuid)
    const late = expect(yield* runner.post(`/jobs/${uuid}/accept`, { runnerToken }), 409)
    assert.strictEqual(codeOf(late), "runner_job_not_in_pending_state")
    yield* called(2)
    expect(yield* runner.abort(other, "Runner stopped"), 204)
    yield* called(3)
    expect(yield* runner.abort(begun, "Runner stopped"), 204)
    yield* called(4)
    assert.isUndefined(codeOf(expect(yield* runner.update(begun), 404)))
    const failed = yield* runner.accept(uuid, runnerToken)
    expect(yield* runner.fail(failed, "ffmpeg exited with code 1: Conversion failed!\n"), 204)
    yield* called(5)
  })

/** Does a job from start to end, with one more report than needed. */
const work = (one: Connected, job: ScriptedRunner.HeldJob, video: string) =>
  Effect.gen(function* () {
    const { renditions, sharp } = yield* Bench
    const { client, runner } = one
    const [source = Buffer.alloc(0)] = yield* begin(one, job)
    assert.isTrue(source.equals(yield* Effect.promise(() => readFile(sharp))))
    expect(yield* runner.update(job, [{ name: "progress", text: "53" }]), 204)
    const { jobs } = yield* client.video(video)
    const shown = jobs.find(({ uuid }) => uuid === job.uuid)
    assert.deepInclude(shown, { progress: 53, state: { id: 2, label: "Processing" } })
    const result = renditions.get(askedBy(job).resolution) ?? []
    expect(yield* runner.succeed(job, result), 204)
    const late = expect(yield* runner.succeed(job, result), 400)
    assert.strictEqual(codeOf(late), "runner_job_not_in_processing_state")
    expect(yield* runner.update(job), 204)
  })

const bothRenditions = (one: Connected) =>
  Effect.gen(function* () {
    const { sharp } = yield* Bench
    const { client, runner, runnerToken } = one
    deepStrictEqual(yield* runner.request(runnerToken), [])

    const { uuid } = yield* client.upload(sharp)
    yield* one.called(1)
    const offers = yield* runner.request(runnerToken)
    // The newer one copies the rendition that the source fits already, so it is offered that one first.
    const resolutions = one.recorded.version === "0.4.0" ? [360, 240] : [240, 360]
    const asked = resolutions.map((resolution) => ({ resolution, fps: 24, separatedAudio: false }))
    deepStrictEqual(
      offers.map(({ payload }) => payload.output),
      asked
    )

    const first = String(offers[0]?.uuid)
    yield* giveUp(one, first)
    const { jobs } = yield* client.video(uuid)
    const given = jobs.find((job) => job.uuid === first)
    assert.deepInclude(given, { failures: 1, state: { id: 1, label: "Pending" } })
    for (const offer of offers) yield* work(one, yield* runner.accept(offer.uuid, runnerToken), uuid)

    const video = yield* client.video(uuid)
    assertPublished(video, [240, 360])
    const played = yield* play(String(video.playlistUrl))
    deepStrictEqual(
      played.map(({ height }) => height),
      [240, 360]
    )
  })

type Flow = (one: Connected) => Effect.Effect<void, unknown, Bench | Ffmpeg | Scope.Scope>

/** The flows that both versions were recorded with. */
const common: Readonly<Record<string, Flow>> = {
  "does both jobs of a video": bothRenditions,
  "creates a progressive file in addition to HLS": webVideo,
  "makes a film in chunks": filmInChunks,
  "merges audio with a picture": audioMerge,
  "edits a video": studio
}

const flows: Readonly<Record<string, Readonly<Record<string, Flow>>>> = {
  "0.0.21": { ...common, "plays a live": olderWholeLive },
  "0.4.0": {
    ...common,
    "creates a separate audio rendition": splitAudio,
    "creates a storyboard": storyboard,
    "uploads its file before its result": customUpload,
    "reports an error for an edit": studioFails,
    "reports an error for a transcription": transcriptionFails,
    "plays a live": newerWholeLive,
    "is stopped while it plays a live": liveIsAborted,
    "finds no live to play": liveFails
  }
}

layer(Layer.provideMerge(RecordedBench.layer, Engine), { excludeTestServices: true, timeout: "5 minutes" })(
  "what real runners send, byte by byte",
  (it) => {
    for (const recorded of recordedRunners) {
      for (const [what, flow] of Object.entries(flows[recorded.version] ?? {})) {
        it.scoped(
          `runner ${recorded.version} registers, ${what}, and leaves`,
          () =>
            Effect.gen(function* () {
              const { server } = yield* Bench
              const one = yield* connected(recorded)
              yield* flow(one)
              yield* leave(one)
              assert.notMatch(yield* server.log, /ptr(?:j)?t-|ERROR/)
            }),
          300_000
        )
      }
    }
  }
)
