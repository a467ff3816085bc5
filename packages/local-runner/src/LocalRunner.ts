import { type HttpClient, Path } from "@effect/platform"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, Layer, Option, Queue, type Redacted } from "effect"
import type { LocalRunnerError } from "./errors.ts"
import * as JobChecks from "./JobChecks.ts"
import * as JobPool from "./JobPool.ts"
import type { JobEnvironment } from "./jobs/JobType.ts"
import * as Leftovers from "./Leftovers.ts"
import * as Registered from "./Registered.ts"
import * as RunnerSocket from "./RunnerSocket.ts"
import { forEngine, fromConfig, type LocalRunnerConfig, type Registration, type Settings } from "./Settings.ts"
import * as WorkFolders from "./WorkFolders.ts"
import type { WireError } from "./wire/Answers.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"
import * as Wire from "./wire/Wire.ts"

export { UnknownRunner, WorkDirectoryError } from "./errors.ts"
export { builtIn as builtInJobTypes } from "./jobs/builtIn.ts"
export type { Transcriber } from "./jobs/transcription/Transcriber.ts"
export type { Identity, LocalRunnerConfig, Registration, RunnerOptions } from "./Settings.ts"
export { RequestRefused, ServerUnavailable, type WireError } from "./wire/Answers.ts"
export type { LocalRunnerError }

/**
 * The services that a runner needs. The HTTP client should send bodies of known length with a Content-Length header, as
 * `NodeHttpClient.layer` does. A client based on `fetch` sends results chunked.
 */
export type Environment = JobEnvironment | HttpClient.HttpClient

/** Registers a runner. Use it when the host stores the token itself. */
export const register = (
  server: URL | string,
  registration: Registration
): Effect.Effect<
  { readonly id: number; readonly runnerToken: Redacted.Redacted<string> },
  WireError,
  HttpClient.HttpClient
> => Effect.flatMap(Wire.make(new URL(server)), (wire) => Registered.register(wire, registration))

/** Unregisters a runner. */
export const unregister = (
  server: URL | string,
  runnerToken: Redacted.Redacted<string>
): Effect.Effect<void, WireError, HttpClient.HttpClient> =>
  Effect.flatMap(Wire.make(new URL(server)), (wire) => RunnerCalls.unregister(wire, runnerToken))

/**
 * Runs until interrupted. Then stops its jobs, gives them back and closes its socket. Waits for an unavailable server.
 * Fails only when the runner cannot work at all.
 */
export const run = (config: LocalRunnerConfig): Effect.Effect<never, LocalRunnerError, Environment> =>
  Effect.flatMap(prepare(config), (prepared) => prepared.serve)

/**
 * Runs the runner in the background for the lifetime of the layer. Building the layer fails when the work directory
 * cannot be used. If the runner stops by itself, the reason is logged and passed to `onStopped`.
 */
export const layer = (config: LocalRunnerConfig): Layer.Layer<never, LocalRunnerError, Environment> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { serve } = yield* prepare(config)
      yield* serve.pipe(
        Effect.catchAll((error) =>
          Effect.zipRight(
            Effect.logError("The local runner has stopped", error.message),
            config.onStopped?.(error) ?? Effect.void
          )
        ),
        Effect.forkScoped
      )
    })
  )

const prepare = (config: LocalRunnerConfig) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const settings = fromConfig({ ...config, workDirectory: path.resolve(config.workDirectory) })
    yield* WorkFolders.prepare(settings.workDirectory)
    const leftovers = yield* WorkFolders.leftovers(settings.workDirectory)
    return { serve: Effect.scoped(serve(settings, leftovers)) }
  })

const serve = (configured: Settings, leftovers: ReadonlyArray<WorkFolders.Leftover>) =>
  Effect.gen(function* () {
    const { engine } = yield* Ffmpeg
    const settings = forEngine(configured, engine)
    const wire = yield* Wire.make(settings.url)
    const runnerToken = yield* Registered.runnerToken(wire, settings)
    const session = { wire, settings, runnerToken }
    yield* Effect.forkScoped(Leftovers.giveBack(session, leftovers))
    const wakeUps = yield* Queue.sliding<void>(1)
    const wake = Effect.asVoid(Queue.offer(wakeUps, undefined))
    yield* RunnerSocket.listen(session, wake)
    const concurrency = Option.getOrElse(settings.concurrency, () => (engine === "wasm" ? 1 : 2))
    const pool = yield* JobPool.make(session, concurrency, wake)
    yield* Effect.logInfo("The local runner has started").pipe(Effect.annotateLogs({ engine, concurrency }))
    return yield* JobChecks.run(session, pool, wakeUps)
  })
