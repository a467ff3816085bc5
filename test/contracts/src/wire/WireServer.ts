import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import type { Vitest } from "@effect/vitest"
import {
  ConnectorConfig,
  FileStorage,
  JobStore,
  MediaProbe,
  MemoryDisk,
  MemoryFileStorage,
  MemoryMediaProbe,
  MemoryStores,
  RunnerConnector,
  RunnerNotifier,
  RunnerStore,
  VideoStore
} from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/core/protocol"
import { Context, Effect, Layer, type Scope } from "effect"
import { Journal } from "./Journal.ts"
import { LocalDisk } from "./LocalDisk.ts"
import { brittle, Outage } from "./Outage.ts"

/** What carries a request to the server under test and its answer back. */
export type Carrier<E = never> = Effect.Effect<
  (request: Request) => Promise<Response>,
  E,
  RunnerWeb.RunnerWeb | Scope.Scope
>

/** The origin that payloads show; requests are made for it, wherever the server listens. */
export const origin = "https://media.example:8443"

export const MAX_FILE_SIZE = 2 * 1024 ** 2
export const MAX_JSON_SIZE = 64 * 1024

/** A server with the real use cases over stores in memory, and uploads on the real disk. */
export class WireServer extends Context.Tag("@runner-connector/contracts/WireServer")<
  WireServer,
  {
    readonly send: (request: Request) => Effect.Effect<Response>
    /** Files of uploads that are on the disk at the moment. */
    readonly spooled: Effect.Effect<ReadonlyArray<string>>
  }
>() {}

type Twins =
  | JobStore.JobStore
  | RunnerStore.RunnerStore
  | VideoStore.VideoStore
  | FileStorage.FileStorage
  | MediaProbe.MediaProbe

/** What cases may use to arrange and inspect. */
export type Hands = WireServer | RunnerConnector.UseCases | Twins | Outage | Journal

/** Cases of one group. Sockets work in real time, so there is no test clock. */
export type WireCases = (it: Vitest.MethodsNonLive<Hands, true>) => void

const twins = Layer.mergeAll(MemoryStores.layer, MemoryFileStorage.layer, MemoryMediaProbe.layer).pipe(
  Layer.provide(Layer.sync(MemoryDisk.MemoryDisk, () => new LocalDisk()))
)

const brittleTwins: Layer.Layer<Twins, never, Outage> = Layer.mergeAll(
  brittle(JobStore.JobStore, "JobStore"),
  brittle(RunnerStore.RunnerStore, "RunnerStore"),
  brittle(VideoStore.VideoStore, "VideoStore"),
  brittle(FileStorage.FileStorage, "FileStorage"),
  Layer.effect(MediaProbe.MediaProbe, MediaProbe.MediaProbe)
).pipe(Layer.provide(twins))

const config = ConnectorConfig.layer({
  publicUrl: new URL(origin),
  maxFileSize: MAX_FILE_SIZE,
  maxJsonSize: MAX_JSON_SIZE
})

const filesUnder = (folder: string): Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = yield* fs.readDirectory(folder, { recursive: true })
    const files = yield* Effect.filter(names, (name) =>
      Effect.map(fs.stat(`${folder}/${name}`), ({ type }) => type === "File")
    )
    return files
  }).pipe(
    // A folder can vanish while it is looked through.
    Effect.retry({ times: 10 }),
    Effect.orDie
  )

/** The server, reached by the given carrier. */
export const layer = <E>(carrier: Carrier<E>) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const spoolDirectory = yield* fs.makeTempDirectoryScoped({ prefix: "wire-contract-" })
      const server = Layer.scoped(
        WireServer,
        Effect.map(carrier, (fetch) => ({
          send: (request) => Effect.promise(() => fetch(request)),
          spooled: Effect.provideService(filesUnder(spoolDirectory), FileSystem.FileSystem, fs)
        }))
      )
      return server.pipe(
        Layer.provide(RunnerWeb.layerWith({ spoolDirectory })),
        Layer.provideMerge(RunnerConnector.layerUseCases),
        Layer.provideMerge(brittleTwins),
        Layer.provide([RunnerNotifier.layerSilent, config])
      )
    })
  ).pipe(Layer.provideMerge(Layer.mergeAll(Outage.layer, Journal.layer)), Layer.provide(NodeContext.layer))
