import { type HttpClient, Path } from "@effect/platform"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect, Fiber, Layer, Option, Queue, type Redacted } from "effect"
import type { LocalRunnerError } from "./errors.ts"
import * as JobChecks from "./JobChecks.ts"
import * as JobPool from "./JobPool.ts"
import type { JobEnvironment } from "./jobs/JobType.ts"
import * as Leftovers from "./Leftovers.ts"
import * as Registered from "./Registered.ts"
import * as RunnerSocket from "./RunnerSocket.ts"
import { fromConfig, type LocalRunnerConfig, type Registration, type Settings } from "./Settings.ts"
import * as Sources from "./Sources.ts"
import * as WorkFolders from "./WorkFolders.ts"
import type { WireError } from "./wire/Answers.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"
import * as Wire from "./wire/Wire.ts"

export { UnknownRunner, WorkDirectoryError } from "./errors.ts"
export { builtIn as builtInJobTypes } from "./jobs/builtIn.ts"
export { type EncoderChoice, selectEncoder } from "./jobs/encoder/selectEncoder.ts"
export { type EncoderName, names as encoderNames, type VideoEncoder } from "./jobs/encoder/VideoEncoder.ts"
export { parseTranscriber } from "./jobs/transcription/parseTranscriber.ts"
export type { Transcriber } from "./jobs/transcription/Transcriber.ts"
export type { Identity, LocalRunnerConfig, Registering, Registration, RunnerOptions } from "./Settings.ts"
export { make as makeSlots, type Slots } from "./Slots.ts"
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
  Effect.zipRight(runUntil(config, Effect.never), Effect.never)

/**
 * Runs until `stop` completes. Then accepts no more jobs, and succeeds when the running ones have ended. An
 * interruption gives them back, as with `run`.
 */
export const runUntil = (
  config: LocalRunnerConfig,
  stop: Effect.Effect<void>
): Effect.Effect<void, LocalRunnerError, Environment> => Effect.flatMap(prepare(config), ({ serve }) => serve(stop))

/**
 * Runs the runner in the background for the lifetime of the layer. Building the layer fails when the work directory
 * cannot be used. If the runner stops by itself, the reason is logged and passed to `onStopped`.
 */
export const layer = (config: LocalRunnerConfig): Layer.Layer<never, LocalRunnerError, Environment> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { serve } = yield* prepare(config)
      yield* serve(Effect.never).pipe(
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
    const { engine } = yield* Ffmpeg
    const settings = fromConfig({ ...config, workDirectory: path.resolve(config.workDirectory) }, engine)
    yield* WorkFolders.prepare(settings.workDirectory)
    const leftovers = yield* WorkFolders.leftovers(settings.workDirectory)
    return { serve: (stop: Effect.Effect<void>) => Effect.scoped(serve(settings, leftovers, stop)) }
  })

/**
 * Interrupts the work when `stop` completes, and waits until it has ended. An interruption waits for that too, because
 * the work may have to finish a call.
 */
const untilStopped = <A, E, R>(work: Effect.Effect<A, E, R>, stop: Effect.Effect<void>) =>
  Effect.acquireUseRelease(
    Effect.fork(Effect.interruptible(work)),
    (fiber) => Effect.raceFirst(Effect.asSome(Fiber.join(fiber)), Effect.as(stop, Option.none())),
    Fiber.interrupt
  )

const serve = (settings: Settings, leftovers: ReadonlyArray<WorkFolders.Leftover>, stop: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const wire = yield* Wire.make(settings.url)
    const runnerToken = yield* untilStopped(Registered.runnerToken(wire, settings), stop)
    if (Option.isNone(runnerToken)) return
    const sources = yield* Sources.make(wire, settings)
    const session = { wire, settings, sources, runnerToken: runnerToken.value }
    yield* Effect.forkScoped(Leftovers.giveBack(session, leftovers))
    const wakeUps = yield* Queue.sliding<void>(1)
    const wake = Effect.asVoid(Queue.offer(wakeUps, undefined))
    yield* RunnerSocket.listen(session, wake)
    const pool = yield* JobPool.make(session, settings.slots, wake)
    const { engine } = yield* Ffmpeg
    const jobTypes = settings.jobTypes.map(({ name }) => name).join(" ")
    const shown = { engine, encoder: settings.encoder.name, concurrency: settings.slots.count, jobTypes }
    yield* Effect.logInfo("The local runner has started").pipe(Effect.annotateLogs(shown))
    yield* untilStopped(JobChecks.run(session, pool, wakeUps), stop)
    yield* pool.idle
  })
