import { Context, Effect, Layer, Stream } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { RunnerId, VideoId } from "../../src/domain/Ids.ts"
import type { Demand } from "../../src/domain/runner/RunnerDemand.ts"
import type { Hooks } from "../../src/ports/ConnectorHooks.ts"
import { type FileNotFound, FileStorage } from "../../src/ports/FileStorage.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { MediaCutter } from "../../src/ports/MediaCutter.ts"
import { MediaProbe } from "../../src/ports/MediaProbe.ts"
import { MediaRemuxer } from "../../src/ports/MediaRemuxer.ts"
import { MemoryDisk } from "../../src/ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../../src/ports/memory/MemoryFileStorage.ts"
import { makeLog } from "../../src/ports/memory/MemoryLog.ts"
import * as MemoryMediaCutter from "../../src/ports/memory/MemoryMediaCutter.ts"
import * as MemoryMediaProbe from "../../src/ports/memory/MemoryMediaProbe.ts"
import * as MemoryMediaRemuxer from "../../src/ports/memory/MemoryMediaRemuxer.ts"
import { type MemoryState, makeState } from "../../src/ports/memory/MemoryState.ts"
import * as MemoryStores from "../../src/ports/memory/MemoryStores.ts"
import { makeWebhooks } from "../../src/ports/memory/MemoryWebhooks.ts"
import type { RunnerNotifier } from "../../src/ports/RunnerNotifier.ts"
import type { Stores } from "../../src/ports/Stores.ts"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import type { Ports } from "../../src/RunnerConnector.ts"
import { callingHooks, hooksOf, makeCallHooks, type Told } from "./hooks.ts"

/** The ports that processes share. The notifier and the hooks are made for each process. */
export type SharedPorts = Exclude<Ports, RunnerNotifier>

/** A master playlist at the moment at which it was written. */
export interface Master {
  readonly key: FileKey
  readonly text: string
  /** The playlists in it that were not stored at that moment. */
  readonly missing: ReadonlyArray<string>
}

/** A database with its state. */
export interface Database {
  /** The rows. */
  readonly state: MemoryState
  /** Updates the state from the database. The state in memory is always current. */
  readonly refresh: Effect.Effect<void>
  readonly stores: Context.Context<Stores>
}

/** The file storage and the local disk. */
export interface Files {
  readonly storage: FileStorage["Type"]
  /** The local disk. */
  readonly disk: Map<string, Uint8Array>
  /** The folder of uploads on it. */
  readonly uploads: string
}

/** The parts that outlive every process: the database, the file storage, the local disk, and the log of hooks. */
export interface World extends Omit<Database, "stores">, Omit<Files, "storage"> {
  readonly ports: Context.Context<SharedPorts>
  readonly told: Array<Told>
  /** The hooks of the application. They are called right after each write. */
  readonly hooks: Hooks
  /** How often any process pinged runners. */
  pings: number
  /** The demands of those pings. */
  readonly demands: Array<Demand>
  /** The removed runners that were disconnected, and whether they got a ping before. */
  readonly disconnected: Array<{ readonly id: RunnerId; readonly ping: boolean }>
  /** How often a test retried work. A video may have ended once more for each. */
  reopened: number
  /** How often a test edited a video, by its id. The job of the edit may have been removed. */
  readonly edits: Map<string, number>
  /** The videos that a test removed. They may have failed. */
  readonly removals: Set<VideoId>
  /** Every master playlist that was written, also those that no player read. */
  readonly masters: Array<Master>
  /** The keys of all files in storage. */
  readonly files: Effect.Effect<ReadonlyArray<FileKey>>
}

const masterOf = (storage: FileStorage["Type"], key: FileKey): Effect.Effect<Master, FileNotFound> =>
  Effect.gen(function* () {
    const text = yield* storage
      .read(key)
      .pipe(Stream.decodeText(), Stream.mkString, Effect.catchTag("FileStorageError", Effect.die))
    const named = [...text.matchAll(/[\w.-]+\.m3u8/g)].map(([name]) => name)
    const folder = key.slice(0, key.lastIndexOf("/"))
    const missing = yield* Effect.filter(named, (name) =>
      Effect.isFailure(storage.stat(FileKey.make(`${folder}/${name}`)))
    )
    return { key, text, missing }
  })

/** Records the keys of all writes, so that the files in storage can be listed. */
const watched = (storage: FileStorage["Type"], keys: Set<FileKey>, masters: Array<Master>): FileStorage["Type"] => ({
  ...storage,
  write: (key, content, options) => {
    keys.add(key)
    const note = masterOf(storage, key).pipe(
      Effect.map((master) => void masters.push(master)),
      // Another server may have removed it.
      Effect.catchTag("FileNotFound", () => Effect.void)
    )
    return Effect.tap(storage.write(key, content, options), key.endsWith("master.m3u8") ? note : Effect.void)
  },
  adopt: (key, path, options) => {
    keys.add(key)
    return storage.adopt(key, path, options)
  }
})

const overState = (state: MemoryState): Database => ({
  state,
  refresh: Effect.void,
  stores: MemoryStores.make(state)
})

const filesInMemory: Effect.Effect<Files> = Effect.gen(function* () {
  const disk = new Map<string, Uint8Array>()
  const storage = yield* Effect.provide(
    FileStorage,
    Layer.provide(MemoryFileStorage.layer, Layer.succeed(MemoryDisk, disk))
  )
  return { disk, storage, uploads: "/uploads" }
})

/** Reads and copies media over the local disk. */
const mediaOver = ({ disk, uploads }: Pick<Files, "disk" | "uploads">) => {
  const twins = Layer.mergeAll(
    MemoryMediaProbe.layer,
    MemoryMediaRemuxer.layerIn(uploads),
    MemoryMediaCutter.layerIn(uploads)
  )
  const all = Effect.context<MediaProbe | MediaRemuxer | MediaCutter>()
  // The context of a caller may have other stores than this world.
  return Effect.map(
    Effect.provide(all, Layer.provide(twins, Layer.succeed(MemoryDisk, disk))),
    Context.pick(MediaProbe, MediaRemuxer, MediaCutter)
  )
}

/** A world over this database. Its files are in memory by default. `keys` lists the files that exist already. */
export const makeWorldOver = (
  { stores, ...database }: Database,
  given?: Files,
  known: ReadonlyArray<FileKey> = []
): Effect.Effect<World> =>
  Effect.gen(function* () {
    const { storage: plain, ...files } = given ?? (yield* filesInMemory)
    const keys = new Set<FileKey>(known)
    const masters: Array<Master> = []
    const storage = watched(plain, keys, masters)
    const media = yield* mediaOver(files)
    const exists = (key: FileKey) => Effect.isSuccess(storage.stat(key))
    const told: Array<Told> = []
    const hooks = hooksOf(told)
    const callHooks = yield* makeCallHooks(stores, hooks)
    return {
      ...database,
      ...files,
      refresh: Effect.zipRight(callHooks, database.refresh),
      ports: stores.pipe(
        callingHooks(JobStore, callHooks),
        callingHooks(VideoStore, callHooks),
        Context.add(FileStorage, storage),
        Context.merge(media)
      ),
      told,
      hooks,
      pings: 0,
      demands: [],
      disconnected: [],
      reopened: 0,
      edits: new Map(),
      removals: new Set(),
      masters,
      files: Effect.suspend(() => Effect.map(Effect.filter([...keys], exists), (found) => found.sort()))
    }
  })

/** A world in memory. */
export const makeWorld: Effect.Effect<World> = Effect.suspend(() => makeWorldOver(overState(makeState())))

/** A copy of a world in memory. Both change independently from now on. */
export const copyOf = (world: World): Effect.Effect<World> =>
  Effect.gen(function* () {
    const { jobNumbers, jobs, kept, log, nextNumber, registrationTokens, runners, reports, uploads, videos } =
      world.state
    const files = yield* filesInMemory
    const original = Context.get(world.ports, FileStorage)
    const keys = yield* world.files
    yield* Effect.forEach(keys, (key) => files.storage.write(key, original.read(key)))
    for (const [path, bytes] of world.disk) files.disk.set(path, bytes)
    const state: MemoryState = {
      jobs: new Map(jobs),
      jobNumbers: new Map(jobNumbers),
      kept: new Map(kept),
      videos: new Map(videos),
      reports: new Map(reports),
      runners: new Map(runners),
      registrationTokens: new Map(registrationTokens),
      uploads: new Map(uploads),
      log: makeLog(log.entries()),
      consumers: new Map(),
      presence: { reports: new Map(), online: new Map() },
      webhooks: makeWebhooks(),
      nextNumber
    }
    const copy = yield* makeWorldOver(overState(state), files, keys)
    // The copy has processed all earlier events.
    yield* copy.refresh
    copy.told.splice(0, Number.POSITIVE_INFINITY, ...world.told)
    copy.masters.push(...world.masters)
    for (const [id, count] of world.edits) copy.edits.set(id, count)
    for (const id of world.removals) copy.removals.add(id)
    return Object.assign(copy, { pings: world.pings, reopened: world.reopened })
  }).pipe(Effect.orDie)
