import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import {
  AdminAccess,
  ConnectorConfig,
  EventConsumers,
  EventStore,
  FileStorage,
  FleetStore,
  JobQueue,
  JobStore,
  MediaCutter,
  MediaProbe,
  MediaRemuxer,
  MediaReportStore,
  MemoryDisk,
  MemoryFileStorage,
  MemoryMediaCutter,
  MemoryMediaProbe,
  MemoryMediaRemuxer,
  MemoryStores,
  OverviewStore,
  PresenceStore,
  RetrySchedule,
  RunnerConnector,
  RunnerNotifier,
  RunnerStore,
  SessionStore,
  type Stores,
  UploadStore,
  VideoStore,
  WebhookStore
} from "@runner-connector/core"
import { eventually } from "@runner-connector/core/testing"
import { ApiWeb, RunnerWeb, Sessions } from "@runner-connector/protocol"
import { LocalDisk } from "@runner-connector/storage-fs/testing"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { Journal } from "./Journal.ts"
import { brittle, Outage } from "./Outage.ts"

/** The public origin in payloads. Tests send requests to the server's actual address instead. */
export const origin = "https://media.example:8443"

/** The token of an administrator. */
export const adminToken = "the-administrator's-secret"
/** The token of a known user without administrator rights. */
export const guestToken = "a-guest's-secret"

const hasToken = (bearer: Option.Option<Redacted.Redacted<string>>, token: string) =>
  Option.exists(bearer, (given) => Redacted.value(given) === token)

const access = AdminAccess.layer({
  check: (bearer) => {
    if (hasToken(bearer, adminToken)) return Effect.void
    return hasToken(bearer, guestToken) ? new AdminAccess.Forbidden() : new AdminAccess.Unauthorized()
  }
})

const sessions = Sessions.layer({ secret: Redacted.make("a secret that signs the cookies of sessions") })

export const MAX_FILE_SIZE = 2 * 1024 ** 2
export const MAX_JSON_SIZE = 64 * 1024

/** The upload directory of the server under test. */
export class Spooled extends Context.Tag("@runner-connector/contracts/Spooled")<
  Spooled,
  {
    /** The files that are on the disk at the moment. */
    readonly files: Effect.Effect<ReadonlyArray<string>>
  }
>() {}

/** Received files are deleted once unused, which may be after the answer. */
export const nothingSpooled = Effect.gen(function* () {
  const { files } = yield* Spooled
  yield* eventually(files, (names) => names.length === 0)
})

type Twins =
  | Stores.Stores
  | FileStorage.FileStorage
  | MediaProbe.MediaProbe
  | MediaRemuxer.MediaRemuxer
  | MediaCutter.MediaCutter

/** The wire, and the services that arrange and inspect its state. */
export type World = RunnerWeb.RunnerWeb | ApiWeb.ApiWeb | RunnerConnector.UseCases | Twins | Spooled | Outage | Journal

const twins = Layer.mergeAll(
  MemoryStores.layer,
  MemoryFileStorage.layer,
  MemoryMediaProbe.layer,
  MemoryMediaRemuxer.layer,
  MemoryMediaCutter.layer
).pipe(Layer.provide(Layer.sync(MemoryDisk.MemoryDisk, () => new LocalDisk())))

const brittleTwins: Layer.Layer<Twins, never, Outage> = Layer.mergeAll(
  brittle(JobStore.JobStore, "JobStore"),
  brittle(JobQueue.JobQueue, "JobQueue"),
  brittle(RunnerStore.RunnerStore, "RunnerStore"),
  brittle(FleetStore.FleetStore, "FleetStore"),
  brittle(OverviewStore.OverviewStore, "OverviewStore"),
  brittle(PresenceStore.PresenceStore, "PresenceStore"),
  brittle(SessionStore.SessionStore, "SessionStore"),
  brittle(UploadStore.UploadStore, "UploadStore"),
  brittle(VideoStore.VideoStore, "VideoStore"),
  brittle(MediaReportStore.MediaReportStore, "MediaReportStore"),
  brittle(FileStorage.FileStorage, "FileStorage"),
  Layer.effect(EventStore.EventStore, EventStore.EventStore),
  Layer.effect(EventConsumers.EventConsumers, EventConsumers.EventConsumers),
  brittle(WebhookStore.WebhookStore, "WebhookStore"),
  Layer.effect(MediaProbe.MediaProbe, MediaProbe.MediaProbe),
  Layer.effect(MediaRemuxer.MediaRemuxer, MediaRemuxer.MediaRemuxer),
  Layer.effect(MediaCutter.MediaCutter, MediaCutter.MediaCutter)
).pipe(Layer.provide(twins))

const filesUnder = (folder: string): Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = yield* fs.readDirectory(folder, { recursive: true })
    return yield* Effect.filter(names, (name) =>
      Effect.map(fs.stat(`${folder}/${name}`), ({ type }) => type === "File")
    )
  }).pipe(
    // A file can disappear during the listing.
    Effect.retry({ times: 100 }),
    Effect.orDie
  )

/** The real use cases over in-memory stores, with uploads on the real disk. */
export const layer = (
  settings: Partial<ConnectorConfig.ConnectorSettings> = {},
  options: ApiWeb.ApiOptions = {}
): Layer.Layer<World> =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const spoolDirectory = yield* fs.makeTempDirectoryScoped({ prefix: "wire-contract-" })
      const files = Effect.provideService(filesUnder(spoolDirectory), FileSystem.FileSystem, fs)
      const config = ConnectorConfig.layer({
        retryPause: RetrySchedule.noRest,
        publicUrl: new URL(origin),
        maxFileSize: MAX_FILE_SIZE,
        maxJsonSize: MAX_JSON_SIZE,
        customUploads: true,
        djangoDownloadPaths: true,
        // The contracts exceed the rate limit, which has its own tests.
        rateLimit: 0,
        ...settings
      })
      return ApiWeb.layerWith(options).pipe(
        Layer.provideMerge(RunnerWeb.layerWith({ spoolDirectory })),
        Layer.provideMerge(RunnerConnector.layerUseCases),
        Layer.provideMerge(Layer.merge(brittleTwins, Layer.succeed(Spooled, { files }))),
        Layer.provide([RunnerNotifier.layerSilent, config, access, sessions])
      )
    })
  ).pipe(Layer.provideMerge(Layer.mergeAll(Outage.layer, Journal.layer)), Layer.provide(NodeContext.layer), Layer.orDie)
