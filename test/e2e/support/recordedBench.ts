import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg, FfmpegError, FfmpegFailed } from "@runner-connector/ffmpeg"
import { Context, Effect, Layer } from "effect"
import { api } from "./Api.ts"
import { makeClip } from "./clips.ts"
import * as ExampleServer from "./ExampleServer.ts"
import { dial } from "./rawTcp.ts"
import { makeMedia, type RecordedMedia } from "./recordedMedia.ts"
import type { Part, RecordedRunner } from "./recordedRunners.ts"
import { makeRendition } from "./rendition.ts"
import * as ScriptedRunner from "./ScriptedRunner.ts"
import { until } from "./waiting.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

/** A server without its own runner, its uploads, and the results of runners. */
export class Bench extends Context.Tag("e2e/RecordedBench")<
  Bench,
  {
    readonly server: ExampleServer.ExampleServer
    readonly port: number
    readonly media: RecordedMedia
    /** 640x360, for two renditions, and those renditions. */
    readonly sharp: string
    readonly renditions: ReadonlyMap<number, ReadonlyArray<Part>>
  }
>() {}

export const layer: Layer.Layer<Bench, FfmpegFailed | FfmpegError, Ffmpeg> = Layer.scoped(
  Bench,
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const port = yield* freePort
    const env = {
      LIVES_ALLOW_PRIVATE_ADDRESSES: "on",
      LOCAL_RUNNER: "off",
      TRANSCODING_RESOLUTIONS_240P: "true",
      // For the film, which is the only video of five seconds or more.
      TRANSCODING_CHUNK_DURATION: "4",
      TRANSCODING_CHUNK_MIN_DURATION: "5",
      // Runners may upload files to separate URLs, but need not.
      CUSTOM_UPLOADS: "on",
      // For videos of three seconds or more, and runners that support the type.
      STORYBOARDS: "on",
      RUNNER_RETRY_PAUSE: "0 seconds",
      // Pings result from events, not from upkeep.
      RUNNER_UPKEEP_INTERVAL: "1 hour"
    }
    const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port, env })
    const sharp = yield* makeClip(folder, "sharp.mp4", { size: "640x360", seconds: 2 })
    const source = yield* Effect.promise(() => readFile(sharp))
    const renditions = yield* Effect.forEach([240, 360], (resolution) =>
      Effect.map(makeRendition(source, resolution), (parts) => [resolution, parts] as const)
    )
    return { server, port, sharp, renditions: new Map(renditions), media: yield* makeMedia }
  })
)

const PING = '42/runners,["available-jobs"]'
const pings = (frames: ReadonlyArray<string>): number => frames.filter((text) => text === PING).length

export const codeOf = (text: string): unknown => JSON.parse(text).code

const { expect } = ScriptedRunner

const removeVideos = (client: ReturnType<typeof api>) =>
  Effect.gen(function* () {
    const { data } = yield* client.videos
    for (const { uuid } of data) assert.strictEqual((yield* client.remove(uuid)).status, 204)
  })

/** A registered and connected runner. */
export const connected = (recorded: RecordedRunner) =>
  Effect.gen(function* () {
    const { port, server } = yield* Bench
    const runner = ScriptedRunner.make(recorded, port)
    const { runnerToken } = yield* runner.register(yield* ExampleServer.registrationToken(server))
    const socket = yield* ScriptedRunner.openSocket(recorded, port, runnerToken)
    const opened = performance.now()
    /** Waits for so many pings by events. On a busy machine a reminder may come between them, at most every eight seconds. */
    const called = (times: number) =>
      Effect.gen(function* () {
        const frames = yield* until(`the runner was called ${times} times`, socket.frames, (all) => pings(all) >= times)
        assert.isAtMost(pings(frames), times + Math.floor((performance.now() - opened) / 8000))
      })
    const client = api(server.url, ExampleServer.keptToken(server.dataDir))
    const visitor = api(server.url)
    // Jobs left by one case must not be listed in the next one.
    yield* Effect.addFinalizer(() => Effect.all([removeVideos(client), runner.unregister(runnerToken)]))
    return { recorded, runner, runnerToken, socket, called, client, visitor, port }
  })

export type Connected = Effect.Effect.Success<ReturnType<typeof connected>>

/** Requests jobs. The runner accepts the first one. */
export const offered = ({ runner, runnerToken }: Connected, jobTypes?: ReadonlyArray<string>) =>
  Effect.map(runner.request(runnerToken, jobTypes), (jobs) => jobs.map(({ type }) => type))

/** Accepts the first listed job, which must be of this type. */
export const takeFirst = ({ runner, runnerToken }: Connected, type: string, jobTypes?: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const [first] = yield* runner.request(runnerToken, jobTypes)
    assert.strictEqual(first?.type, type)
    return yield* runner.accept(String(first?.uuid), runnerToken)
  })

/** Downloads files one after the other on a keep-alive connection. The server closes those that idle for seconds. */
export const fetchAll = ({ port, runner }: Connected, job: ScriptedRunner.HeldJob, urls: ReadonlyArray<string>) =>
  Effect.flatMap(dial(port), (connection) =>
    Effect.forEach(urls, (url) =>
      Effect.map(runner.download(connection, job, url), (answer) => {
        expect(answer, 200)
        return answer?.bytes ?? Buffer.alloc(0)
      })
    )
  )

/** Downloads the job's inputs and sends the first report, before the first download or during it. */
export const begin = (
  one: Connected,
  job: ScriptedRunner.HeldJob,
  urls: ReadonlyArray<string> = [ScriptedRunner.videoFileUrl(job)]
) =>
  Effect.gen(function* () {
    const report = Effect.map(one.runner.update(job), (answer) => expect(answer, 204))
    if (one.recorded.reportsBeforeDownload) {
      yield* report
      return yield* fetchAll(one, job, urls)
    }
    const [files] = yield* Effect.all([fetchAll(one, job, urls), report], { concurrency: 2 })
    return files
  })

/** Asserts that no job is left, and unregisters the runner. */
export const leave = ({ client, recorded, runner, runnerToken, socket }: Connected) =>
  Effect.gen(function* () {
    yield* removeVideos(client)
    deepStrictEqual(yield* runner.request(runnerToken), [])
    expect(yield* runner.unregister(runnerToken), 204)
    yield* socket.close
    const gone = expect(yield* runner.post("/jobs/request", recorded.request(runnerToken)), 404)
    assert.strictEqual(codeOf(gone), "unknown_runner_token")
  })
