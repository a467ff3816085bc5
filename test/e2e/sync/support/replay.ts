import { assert } from "@effect/vitest"
import { Effect } from "effect"
import * as ExampleServer from "../../support/ExampleServer.ts"
import * as FormRunner from "../../support/FormRunner.ts"
import type { Codecs } from "../../support/stockRunner.ts"
import { until } from "../../support/waiting.ts"
import { temporaryFolder } from "../../support/workspace.ts"
import type { makeBench } from "./bench.ts"
import { broadcast } from "./live.ts"
import { type FlashingSource, makeSource } from "./sources.ts"

/** The environment that allows a live from this machine. */
export const liveEnvironment = { LIVES_ALLOW_PRIVATE_ADDRESSES: "on" }

/** Streams the source as a live that one runner plays, lets another one transcode the replay, and returns the video. */
export const replayOf = (
  { client, runner, server }: Effect.Effect.Success<ReturnType<typeof makeBench>>,
  source: FlashingSource,
  codecs?: Partial<Codecs>
) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { updates } = yield* broadcast(yield* makeSource(folder, "live", source), folder, source.fps)
    const asked = {
      rtmpUrl: "rtmp://127.0.0.1:1/live/a-key-that-nobody-sees",
      source: { width: 160, height: 90, fps: source.fps, hasVideo: true, hasAudio: true },
      replay: true
    }
    const answer = yield* client.send("/lives", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked)
    })
    assert.strictEqual(answer.status, 200, answer.text)
    const { uuid } = JSON.parse(answer.text).video
    const token = yield* ExampleServer.registrationToken(server)
    const player = yield* FormRunner.register(server.url, token, crypto.randomUUID())
    const job = yield* player.take("live-rtmp-hls-transcoding")
    yield* Effect.forEach(updates, job.update)
    yield* job.succeed({})
    yield* until("the replay is to be transcoded", client.video(uuid), ({ jobs }) => jobs.length > 1)
    yield* runner.workOff(codecs)
    return yield* client.settled(uuid)
  }).pipe(Effect.scoped)
