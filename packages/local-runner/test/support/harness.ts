import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { HttpClient } from "@effect/platform"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { Ffmpeg, type FfmpegCommand, type FfmpegError, type FfmpegFailed, WasmFfmpeg } from "@runner-connector/ffmpeg"
import { Effect, Exit, Layer, Logger, Redacted, Scope } from "effect"
import { nativeFfmpeg } from "../../../../test/fixtures/nativeFfmpeg.ts"
import { LocalRunner } from "../../src/index.ts"
import { TestServer } from "./TestServer.ts"

export { until } from "@runner-connector/contracts"
export { fixturePath as fixture } from "@runner-connector/contracts/media"

/** All engines of this machine. ffmpeg.wasm is always included. */
export const engines: ReadonlyArray<readonly [string, Layer.Layer<Ffmpeg, FfmpegError>]> = [
  ["wasm", WasmFfmpeg.layer],
  ...(nativeFfmpeg._tag === "Right" ? [["native", Layer.succeedContext(nativeFfmpeg.right)] as const] : [])
]

/**
 * Native FFmpeg if installed, otherwise ffmpeg.wasm. Tests use it to create and inspect files, and to test plans. Plans
 * differ between engines only in the preset of libx264. Cases of an engine itself, in `engines`, run with every engine in the long tests.
 */
export const [quickestName, quickest] = engines.at(-1) as (typeof engines)[number]

/** The parts of ffprobe's report that every source has. */
const report = {
  format: { format_name: "mov,mp4,m4a,3gp,3g2,mj2", duration: "2.0", bit_rate: "100000" },
  streams: [
    {
      index: 0,
      codec_type: "video",
      codec_name: "h264",
      width: 320,
      height: 180,
      avg_frame_rate: "24/1",
      nb_frames: "48"
    },
    { index: 1, codec_type: "audio", codec_name: "aac", channels: 2, sample_rate: "48000", nb_frames: "94" }
  ]
}

/** The payload of a transcoding job for the source at this address. */
export const inputOf = (videoFileUrl: string, output: object = {}) => ({
  input: { videoFileUrl, separatedAudioFileUrl: [] },
  output: { resolution: 120, fps: 24, separatedAudio: false, ...output }
})

/** An ffmpeg that runs `transcode` instead of transcoding. `write` creates the output files of the command. */
export const fakeFfmpeg = (
  transcode: (
    command: FfmpegCommand,
    write: (content: string) => Effect.Effect<ReadonlyArray<string>>
  ) => Effect.Effect<unknown, FfmpegFailed | FfmpegError>
): Layer.Layer<Ffmpeg> =>
  Layer.succeed(Ffmpeg, {
    engine: "native",
    version: "0.0.0",
    ffprobe: () => Effect.succeed(report),
    ffprobeLines: () => Effect.void,
    ffmpeg: (command) => {
      const outputs: Array<string> = []
      command.arguments({
        input: (n) => `input-${n}`,
        output: (name) => {
          const path = join(command.outputDirectory ?? "", name)
          outputs.push(path)
          return path
        }
      })
      const write = (content: string) =>
        Effect.promise(async () => {
          for (const output of outputs) await writeFile(output, content)
          return outputs
        })
      return Effect.as(transcode(command, write), { log: [] })
    }
  })

/** An ffmpeg that transcodes instantly. */
export const instantFfmpeg: Layer.Layer<Ffmpeg> = fakeFfmpeg((_, write) => write("made"))

export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "local-runner-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** A server that stops with the test. Asserts that it has recorded no protocol violation. */
export const testServer: Effect.Effect<TestServer, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = new TestServer()
    await server.start()
    return server
  }),
  (server) =>
    Effect.promise(async () => {
      await server.stop()
      if (server.violations.length > 0) throw new Error(server.violations.join("\n"))
    })
)

/** Lists the job folders in a work directory. */
export const jobFolders = (workDirectory: string): Promise<ReadonlyArray<string>> =>
  readdir(join(workDirectory, "jobs"))

/** Formats a log entry as text. */
const logger = (lines: Array<string>): Layer.Layer<never> =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make((entry) => void lines.push(`${Logger.logfmtLogger.log(entry)}`))
  )

export interface Running {
  readonly logs: ReadonlyArray<string>
  readonly workDirectory: string
  readonly runnerToken: string
  readonly stop: Effect.Effect<void>
}

const keepsSecrets = (logs: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.sync(() => {
    const leak = logs.find((line) => /ptr(r|j)?t-/.test(line))
    if (leak !== undefined) throw new Error(`a token was logged: ${leak}`)
  })

/** Starts a runner with short pauses. It stops with the test at the latest. */
export const startRunner = <E = never>(
  server: TestServer,
  ffmpeg: Layer.Layer<Ffmpeg, E>,
  config: Partial<LocalRunner.RunnerOptions> & { readonly registration?: LocalRunner.Registration } = {},
  token?: string,
  client: Layer.Layer<HttpClient.HttpClient> = NodeHttpClient.layer
): Effect.Effect<Running, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const workDirectory = config.workDirectory ?? (yield* temporaryFolder)
    const runnerToken = token ?? server.addRunner()
    const logs: Array<string> = []
    const scope = yield* Effect.acquireRelease(Scope.make(), (scope) =>
      Effect.zipRight(Scope.close(scope, Exit.void), keepsSecrets(logs))
    )
    const layer = LocalRunner.layer({
      ...{ url: server.url, workDirectory, progressInterval: "50 millis", retryDelay: "20 millis" },
      ...(config.registration === undefined ? { runnerToken: Redacted.make(runnerToken) } : {}),
      ...config
    } as LocalRunner.LocalRunnerConfig)
    yield* Layer.buildWithScope(Layer.provide(layer, [ffmpeg, NodeContext.layer, client, logger(logs)]), scope)
    return { logs, workDirectory, runnerToken, stop: Scope.close(scope, Exit.void) }
  })

/** An ffmpeg that never ends by itself. `state` counts its runs. */
export const endlessFfmpeg = () => {
  const state = { running: 0, stopped: 0 }
  const layer = fakeFfmpeg((command, write) =>
    Effect.gen(function* () {
      yield* write("unfinished")
      yield* command.onProgress?.(1.5) ?? Effect.void
      state.running++
      return yield* Effect.never
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => state.stopped++)))
  )
  return { layer, state }
}
