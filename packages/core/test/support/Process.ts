import { Context, Duration, Effect, Exit, Layer, Option, Scope } from "effect"
import * as ConnectorConfig from "../../src/config/ConnectorConfig.ts"
import type { RunnerId } from "../../src/domain/Ids.ts"
import { noRest } from "../../src/domain/job/RetrySchedule.ts"
import { JobTypes } from "../../src/jobs/JobType.ts"
import type { Hooks } from "../../src/ports/ConnectorHooks.ts"
import { EventConsumers } from "../../src/ports/EventConsumers.ts"
import { EventStore } from "../../src/ports/EventStore.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import { FleetStore } from "../../src/ports/FleetStore.ts"
import { JobQueue } from "../../src/ports/JobQueue.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { MediaCutter } from "../../src/ports/MediaCutter.ts"
import { MediaProbe } from "../../src/ports/MediaProbe.ts"
import { MediaRemuxer } from "../../src/ports/MediaRemuxer.ts"
import { MediaReportStore } from "../../src/ports/MediaReportStore.ts"
import { OverviewStore } from "../../src/ports/OverviewStore.ts"
import { PresenceStore } from "../../src/ports/PresenceStore.ts"
import { RunnerNotifier } from "../../src/ports/RunnerNotifier.ts"
import { RunnerStore } from "../../src/ports/RunnerStore.ts"
import { SessionStore } from "../../src/ports/SessionStore.ts"
import { UploadStore } from "../../src/ports/UploadStore.ts"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import { WebhookStore } from "../../src/ports/WebhookStore.ts"
import * as RunnerConnector from "../../src/RunnerConnector.ts"
import { JobAdmin } from "../../src/usecases/admin/JobAdmin.ts"
import { Resumption } from "../../src/usecases/engine/Resumption.ts"
import { Lives } from "../../src/usecases/live/Lives.ts"
import { CustomUploads } from "../../src/usecases/runner/CustomUploads.ts"
import { JobFiles } from "../../src/usecases/runner/JobFiles.ts"
import { JobLease } from "../../src/usecases/runner/JobLease.ts"
import { RunnerJobs } from "../../src/usecases/runner/RunnerJobs.ts"
import { Runners } from "../../src/usecases/runner/Runners.ts"
import { Upkeep } from "../../src/usecases/upkeep/Upkeep.ts"
import { Editing } from "../../src/usecases/video/Editing.ts"
import { MediaReports } from "../../src/usecases/video/MediaReports.ts"
import { Removal } from "../../src/usecases/video/Removal.ts"
import { Storyboards } from "../../src/usecases/video/Storyboards.ts"
import { Transcoding } from "../../src/usecases/video/Transcoding.ts"
import { Transcription } from "../../src/usecases/video/Transcription.ts"
import { Uploads } from "../../src/usecases/video/Uploads.ts"
import { makeWorld, type SharedPorts, type World } from "./World.ts"

/** Intercepts the calls between the use cases and a port, and decides the outcome of each. */
export type Around = <A, E, R>(call: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** The port with each effect wrapped by `around`. Streams pass unchanged. */
export const guarded = <Port extends object>(name: string, port: Port, around: Around): Port =>
  Object.fromEntries(
    Object.entries(port).map(([key, member]) => {
      const call = `${name}.${key}`
      if (Effect.isEffect(member)) return [key, around(call, member)]
      if (typeof member !== "function") return [key, guarded(call, member, around)]
      const run = (...args: ReadonlyArray<unknown>): unknown => {
        const result: unknown = member(...args)
        return Effect.isEffect(result) ? around(call, result) : result
      }
      return [key, run]
    })
  ) as Port

const guardedPorts = (ports: Context.Context<SharedPorts>, around: Around): Context.Context<SharedPorts> => {
  const guard = <Id, Port extends object>(tag: Context.Tag<Id, Port>, name: string) =>
    Context.add(tag, guarded(name, Context.get(ports as Context.Context<Id>, tag), around))
  return Context.empty().pipe(
    guard(JobStore, "JobStore"),
    guard(JobQueue, "JobQueue"),
    guard(VideoStore, "VideoStore"),
    guard(MediaReportStore, "MediaReportStore"),
    guard(RunnerStore, "RunnerStore"),
    guard(FleetStore, "FleetStore"),
    guard(SessionStore, "SessionStore"),
    guard(UploadStore, "UploadStore"),
    guard(OverviewStore, "OverviewStore"),
    guard(PresenceStore, "PresenceStore"),
    Context.add(EventStore, Context.get(ports, EventStore)),
    Context.add(EventConsumers, Context.get(ports, EventConsumers)),
    Context.add(WebhookStore, Context.get(ports, WebhookStore)),
    guard(FileStorage, "FileStorage"),
    guard(MediaProbe, "MediaProbe"),
    guard(MediaRemuxer, "MediaRemuxer"),
    guard(MediaCutter, "MediaCutter")
  )
}

/** Counts the calls that reach runners. */
const notifierOf = (world: World, options: ProcessOptions): RunnerNotifier["Type"] => {
  const ping = Effect.sync(() => {
    world.pings += 1
  })
  return {
    availableJobs: (demands) =>
      Effect.suspend(() => {
        world.demands.push(...demands)
        return demands.length === 0 ? Effect.void : ping
      }),
    recall: () => ping,
    runnerRemoved: (id, { ping }) => Effect.sync(() => void world.disconnected.push({ id, ping })),
    connected: Effect.sync(() => options.connected?.() ?? [])
  }
}

/** Short times, so that tests wait less. */
const quick = {
  publicUrl: new URL("https://media.example"),
  retryPause: noRest,
  resumeWindow: Duration.minutes(1)
}

export interface ProcessOptions {
  readonly around?: Around
  readonly settings?: Partial<ConnectorConfig.ConnectorSettings>
  readonly hooks?: Partial<Hooks>
  /** The runners that are connected to the process. */
  readonly connected?: () => ReadonlyArray<RunnerId>
}

/** One server: its use cases, over a world that several servers may share. */
export interface Process {
  readonly world: World
  readonly runners: Runners["Type"]
  readonly jobs: RunnerJobs["Type"]
  readonly admin: JobAdmin["Type"]
  readonly lease: JobLease["Type"]
  readonly jobFiles: JobFiles["Type"]
  readonly customUploads: CustomUploads["Type"]
  readonly transcoding: Transcoding["Type"]
  readonly transcription: Transcription["Type"]
  readonly storyboards: Storyboards["Type"]
  readonly editing: Editing["Type"]
  readonly lives: Lives["Type"]
  readonly removal: Removal["Type"]
  readonly uploads: Uploads["Type"]
  readonly mediaReports: MediaReports["Type"]
  readonly resumption: Resumption["Type"]
  readonly upkeep: Effect.Effect<void>
  readonly remind: Effect.Effect<void>
  readonly presence: Effect.Effect<void>
  readonly types: JobTypes["Type"]
  /** Stops the server in good order. A test that only drops the server leaves it running. */
  readonly stop: Effect.Effect<void>
}

export const startProcess = (world: World, options: ProcessOptions = {}): Effect.Effect<Process> =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    Object.assign(world.hooks, options.hooks)
    const ports = options.around === undefined ? world.ports : guardedPorts(world.ports, options.around)
    const settings = { ...quick, ...options.settings }
    const given = ports.pipe(
      Context.add(RunnerNotifier, notifierOf(world, options)),
      Context.merge(yield* Layer.buildWithScope(ConnectorConfig.layer(settings), scope))
    )
    const useCases = yield* Effect.provide(Layer.buildWithScope(RunnerConnector.layerUseCases, scope), given)
    return {
      world,
      runners: Context.get(useCases, Runners),
      jobs: Context.get(useCases, RunnerJobs),
      admin: Context.get(useCases, JobAdmin),
      lease: Context.get(useCases, JobLease),
      jobFiles: Context.get(useCases, JobFiles),
      customUploads: Context.get(useCases, CustomUploads),
      transcoding: Context.get(useCases, Transcoding),
      transcription: Context.get(useCases, Transcription),
      storyboards: Context.get(useCases, Storyboards),
      editing: Context.get(useCases, Editing),
      lives: Context.get(useCases, Lives),
      removal: Context.get(useCases, Removal),
      uploads: Context.get(useCases, Uploads),
      mediaReports: Context.get(useCases, MediaReports),
      resumption: Context.get(useCases, Resumption),
      upkeep: Context.get(useCases, Upkeep).round,
      remind: Context.get(useCases, Upkeep).remind,
      presence: Context.get(useCases, Upkeep).presence,
      types: Context.get(useCases, JobTypes),
      stop: Scope.close(scope, Exit.void)
    }
  })

/** A server over a world of its own. */
export const aProcess = (options?: ProcessOptions): Effect.Effect<Process> =>
  Effect.flatMap(makeWorld, (world) => startProcess(world, options))

/** The caller has no known address. */
export const nobody = { ip: Option.none<string>(), version: Option.none<string>() }
