import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg, FfmpegError, FfmpegFailed } from "@runner-connector/ffmpeg"
import { Context, Duration, Effect, Layer, Record, Scope } from "effect"
import { api } from "./Api.ts"
import { fixture } from "./clips.ts"
import * as ExampleServer from "./ExampleServer.ts"
import { survivors } from "./processes.ts"
import { dial, exchange, type RawAnswer } from "./rawTcp.ts"
import { formMessage, jsonMessage, type Part, recordedRunners } from "./recordedRunners.ts"
import { makeRendition } from "./rendition.ts"
import * as ScriptedRunner from "./ScriptedRunner.ts"
import { until } from "./waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./workspace.ts"

const CLIP = fixture("moov-last.mp4")

/** Its only rendition. */
export const RESOLUTION = 180

/**
 * Shortens intervals that are minutes by default. A runner may be silent for longer than a start takes on a busy machine,
 * so that it can continue after a crash. No other test part depends on that.
 */
const impatient = {
  LOCAL_RUNNER: "off",
  RUNNER_VOD_SILENCE: "2 minutes",
  RUNNER_COMPLETION_SILENCE: "3 seconds",
  RUNNER_RESUME_WINDOW: "8 seconds",
  RUNNER_UPLOAD_SILENCE: "5 seconds",
  RUNNER_UPKEEP_INTERVAL: "200 millis",
  RUNNER_RETIRED_FOR: "1 second",
  RUNNER_MAX_STALLS: "100"
}

/** The requests that are open when the server is killed. */
export type Call = "upload" | "accept" | "success"
type Each<A> = Readonly<Record<Call, A>>

/** A job and its video. */
export interface VideoJob {
  readonly uuid: string
  readonly video: string
}

/** One prepared request of each kind. */
export interface Calls {
  readonly messages: Each<Buffer>
  /** The job to accept. */
  readonly open: VideoJob
  /** The completed job and its runner's tokens. */
  readonly done: VideoJob
  readonly held: ScriptedRunner.HeldJob
}

/** A server that is killed and restarted on the same data, and a runner that survives. */
export class Crashes extends Context.Tag("e2e/Crashes")<
  Crashes,
  {
    readonly port: number
    readonly dataDir: string
    /** The current server process. */
    readonly server: () => ExampleServer.ExampleServer
    readonly runner: ScriptedRunner.ScriptedRunner
    readonly runnerToken: string
    /** The upload and a result for it. */
    readonly clip: Buffer
    readonly result: ReadonlyArray<Part>
    readonly prepare: Effect.Effect<Calls>
    /** The answer time of each request when all are sent at once, in milliseconds. */
    readonly takes: Each<number>
    /** Kills the server and its PostgreSQL, and restarts both on the same data, with these variables in addition. */
    readonly crash: (more?: Readonly<Record<string, string>>) => Effect.Effect<void>
  }
>() {}

const together = <A, E, R>(each: Each<Effect.Effect<A, E, R>>): Effect.Effect<Each<A>, E, R> =>
  Effect.all(each, { concurrency: "unbounded" })

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
    const newJob = Effect.gen(function* () {
      const { uuid } = yield* upload(CLIP)
      const [job] = (yield* video(uuid)).jobs
      return { uuid: String(job?.uuid), video: uuid }
    })
    const prepare = Effect.gen(function* () {
      const [open, done] = [yield* newJob, yield* newJob]
      const held = yield* runner.accept(done.uuid, runnerToken)
      const host = `127.0.0.1:${port}`
      const part = { name: "videoFile", filename: "clip.mp4", type: "video/mp4", bytes: clip }
      const messages = {
        upload: formMessage(recorded, "/videos/upload", host, [part]),
        accept: jsonMessage(recorded, `/api/v1/runners/jobs/${open.uuid}/accept`, host, { runnerToken }),
        success: runner.successMessage(held, result)
      }
      return { messages, open, done, held }
    })

    const { messages } = yield* prepare
    const undisturbed = yield* together(Record.map(messages, (bytes) => Effect.timed(exchange(port, bytes))))
    deepStrictEqual(
      Record.map(undisturbed, ([, answer]) => answer?.status),
      { upload: 200, accept: 200, success: 204 }
    )
    const takes = Record.map(undisturbed, ([duration]) => Duration.toMillis(duration))

    const crash = (more: Readonly<Record<string, string>> = {}) =>
      Effect.gen(function* () {
        const postgres = ExampleServer.postgresOf(dataDir)
        deepStrictEqual(yield* server.kill, { code: null, signal: "SIGKILL" })
        server = yield* ExampleServer.start({ ...options, env: { ...impatient, ...more } })
        deepStrictEqual(survivors(postgres), [])
      }).pipe(Effect.provideService(Scope.Scope, scope))
    return { port, dataDir, server: () => server, runner, runnerToken, clip, result, prepare, takes, crash }
  })
)

/** The moment of the kill: after a share of each body, or after a share of each answer time. */
export type Moment = { readonly body: number } | { readonly time: number }

export const nameOf = (moment: Moment): string =>
  "body" in moment ? `after ${100 * moment.body} % of the bodies` : `after ${100 * moment.time} % of the time they take`

/** Sends each request up to that moment and kills the server. Returns the answers received. */
export const crashDuring = (
  messages: Calls["messages"],
  moment: Moment
): Effect.Effect<Each<RawAnswer | undefined>, never, Crashes> =>
  Effect.gen(function* () {
    const { crash, dataDir, port, takes } = yield* Crashes
    const spool = filesBelow(join(dataDir, "spool"))
    const before = new Set((yield* spool).map(([name]) => name))
    const connections = yield* together(Record.map(messages, () => dial(port)))
    const send = (call: Call, share: number) => {
      const bytes = messages[call]
      return connections[call].write(bytes.subarray(0, Math.ceil(bytes.length * share)))
    }
    if ("body" in moment) {
      yield* together(Record.map(messages, (_, call) => send(call, moment.body)))
      // Their bytes reach the disk in larger blocks.
      const isNew = ([name]: readonly [string, number]) => !before.has(name)
      yield* until("both files are being received", spool, (files) => files.filter(isNew).length >= 2)
    } else {
      // The longest first, so that all requests are equally far when the server is killed.
      const end = moment.time * Math.max(...Object.values(takes))
      const later = (call: Call) => Effect.delay(send(call, 1), end - moment.time * takes[call])
      yield* Effect.fork(together(Record.map(messages, (_, call) => later(call))))
      yield* Effect.sleep(end)
    }
    yield* crash()
    return yield* together(Record.map(connections, ({ answer }) => answer))
  }).pipe(Effect.scoped)
