import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg, FfmpegError, FfmpegFailed } from "@runner-connector/ffmpeg"
import { Context, Duration, Effect, Layer, Scope } from "effect"
import { api } from "./Api.ts"
import { fixture } from "./clips.ts"
import * as ExampleServer from "./ExampleServer.ts"
import { dial, type RawAnswer } from "./rawTcp.ts"
import { type Part, recordedRunners } from "./recordedRunners.ts"
import { makeRendition } from "./rendition.ts"
import * as ScriptedRunner from "./ScriptedRunner.ts"
import { until } from "./waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./workspace.ts"

export const CLIP = fixture("moov-last.mp4")

/** The only rendition of it. */
export const RESOLUTION = 180

/**
 * What takes the server minutes otherwise. A runner may be silent for as long as a start takes, so that it may go on
 * after a crash; nothing else waits for that.
 */
const impatient = {
  LOCAL_RUNNER: "off",
  RUNNER_VOD_SILENCE: "20 seconds",
  RUNNER_COMPLETION_SILENCE: "1 second",
  RUNNER_UPKEEP_INTERVAL: "200 millis",
  RUNNER_RETIRED_FOR: "1 second",
  RUNNER_MAX_STALLS: "100"
}

/** A server that is killed and started again on the same data, and a runner that lives on. */
export class Crashes extends Context.Tag("e2e/Crashes")<
  Crashes,
  {
    readonly port: number
    readonly dataDir: string
    /** The server of the moment. */
    readonly server: () => ExampleServer.ExampleServer
    readonly runner: ScriptedRunner.ScriptedRunner
    readonly runnerToken: string
    /** What is uploaded, and a result for it. */
    readonly clip: Buffer
    readonly result: ReadonlyArray<Part>
    /** How long the server takes for each, undisturbed; milliseconds. */
    readonly takes: Readonly<Record<"upload" | "accept" | "success", number>>
    /** Ends the server without a warning, and starts it again on what it has left, its PostgreSQL included. */
    readonly crash: Effect.Effect<void>
  }
>() {}

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.timed(effect), ([duration, value]) => [Duration.toMillis(duration), value] as const)

export const layer: Layer.Layer<Crashes, FfmpegFailed | FfmpegError, Ffmpeg> = Layer.scoped(
  Crashes,
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const dataDir = join(yield* temporaryFolder, "data")
    const port = yield* freePort
    const options = { dataDir, port, env: impatient }
    let server = yield* ExampleServer.start(options)

    const [, recorded] = recordedRunners
    assert.isDefined(recorded)
    const runner = ScriptedRunner.make(recorded, port)
    const { runnerToken } = yield* runner.register(yield* ExampleServer.registrationToken(server))
    const clip = yield* Effect.promise(() => readFile(CLIP))
    const result = yield* makeRendition(clip, RESOLUTION)

    const { upload, video } = api(server.url)
    const [uploading, { uuid }] = yield* timed(upload(CLIP))
    const [job] = (yield* video(uuid)).jobs
    const [accepting, held] = yield* timed(runner.accept(String(job?.uuid), runnerToken))
    const [succeeding, answer] = yield* timed(runner.succeed(held, result))
    ScriptedRunner.expect(answer, 204)

    const crash = Effect.gen(function* () {
      deepStrictEqual(yield* server.kill, { code: null, signal: "SIGKILL" })
      server = yield* ExampleServer.start(options)
      assert.match(yield* server.log, /Stopping the PostgreSQL/)
    }).pipe(Effect.provideService(Scope.Scope, scope))
    const takes = { upload: uploading, accept: accepting, success: succeeding }
    return { port, dataDir, server: () => server, runner, runnerToken, clip, result, takes, crash }
  })
)

/** When to kill: after a share of the body, or after a share of the time that the answer takes. */
export type Moment = { readonly body: number } | { readonly time: number }

export const nameOf = (moment: Moment): string =>
  "body" in moment ? `after ${100 * moment.body} % of its body` : `after ${100 * moment.time} % of the time it takes`

/** Sends as much of the message as there is time for, and crashes the server then; the answer, when one still came. */
export const crashDuring = (
  what: "upload" | "accept" | "success",
  bytes: Buffer,
  moment: Moment
): Effect.Effect<RawAnswer | undefined, never, Crashes> =>
  Effect.gen(function* () {
    const { crash, dataDir, port, takes } = yield* Crashes
    const spool = filesBelow(join(dataDir, "spool"))
    const before = new Set((yield* spool).map(([name]) => name))
    const connection = yield* dial(port)
    yield* connection.write("body" in moment ? bytes.subarray(0, Math.floor(bytes.length * moment.body)) : bytes)
    if ("time" in moment) yield* Effect.sleep(moment.time * takes[what])
    else
      yield* until("some of it is on the disk", spool, (files) =>
        files.some(([name, size]) => size > 0 && !before.has(name))
      )
    yield* crash
    return yield* connection.answer
  }).pipe(Effect.scoped)
