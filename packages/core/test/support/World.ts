import { Context, Effect, Layer, Stream } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import type { Hooks } from "../../src/ports/ConnectorHooks.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import { MediaProbe } from "../../src/ports/MediaProbe.ts"
import { MemoryDisk } from "../../src/ports/memory/MemoryDisk.ts"
import * as MemoryFileStorage from "../../src/ports/memory/MemoryFileStorage.ts"
import * as MemoryJobStore from "../../src/ports/memory/MemoryJobStore.ts"
import * as MemoryMediaProbe from "../../src/ports/memory/MemoryMediaProbe.ts"
import * as MemoryRunnerStore from "../../src/ports/memory/MemoryRunnerStore.ts"
import { type MemoryState, makeState } from "../../src/ports/memory/MemoryState.ts"
import * as MemoryVideoStore from "../../src/ports/memory/MemoryVideoStore.ts"
import type { RunnerNotifier } from "../../src/ports/RunnerNotifier.ts"
import { RunnerStore } from "../../src/ports/RunnerStore.ts"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import type { Ports } from "../../src/RunnerConnector.ts"

/** The ports that processes share; how runners are called and the application told is made for each. */
export type SharedPorts = Exclude<Ports, RunnerNotifier>

/** What a hook of the application was told. */
export interface Told {
  readonly hook: keyof Hooks
  readonly videoId: string
  /** Names the rendition, the captions or the storyboard; absent for hooks about the whole video. */
  readonly resultId?: string
  readonly state: string
}

/** A master playlist at the moment at which it was written. */
export interface Master {
  readonly key: FileKey
  readonly text: string
  /** Which of the playlists that it names were not stored at that moment. */
  readonly missing: ReadonlyArray<string>
}

/** What outlives every process: the database, the file storage, the local disk, and what the application was told. */
export interface World {
  readonly state: MemoryState
  readonly disk: Map<string, Uint8Array>
  readonly ports: Context.Context<SharedPorts>
  readonly told: Array<Told>
  /** How often runners were called, by any process. */
  pings: number
  /** How often a test had work done again, so that a video may have ended once more. */
  reopened: number
  /** Every master playlist ever written, also those that nobody came to see. */
  readonly masters: Array<Master>
  /** The keys of all files that stand in storage. */
  readonly files: Effect.Effect<ReadonlyArray<FileKey>>
}

const readText = (storage: FileStorage["Type"], key: FileKey): Effect.Effect<string> =>
  storage.read(key).pipe(Stream.decodeText(), Stream.mkString, Effect.orDie)

const masterOf = (storage: FileStorage["Type"], key: FileKey): Effect.Effect<Master> =>
  Effect.gen(function* () {
    const text = yield* readText(storage, key)
    const named = [...text.matchAll(/[\w.-]+\.m3u8/g)].map(([name]) => name)
    const folder = key.slice(0, key.lastIndexOf("/"))
    const missing = yield* Effect.filter(named, (name) =>
      Effect.isFailure(storage.stat(FileKey.make(`${folder}/${name}`)))
    )
    return { key, text, missing }
  })

/** Notes under which keys files were ever written, so that what stands in storage can be listed. */
const watched = (storage: FileStorage["Type"], keys: Set<FileKey>, masters: Array<Master>): FileStorage["Type"] => ({
  ...storage,
  write: (key, content, options) => {
    keys.add(key)
    const note = Effect.map(masterOf(storage, key), (master) => void masters.push(master))
    return Effect.tap(storage.write(key, content, options), key.endsWith("master.m3u8") ? note : Effect.void)
  },
  adopt: (key, path, options) => {
    keys.add(key)
    return storage.adopt(key, path, options)
  }
})

export const makeWorld: Effect.Effect<World> = Effect.gen(function* () {
  const state = makeState()
  const disk = new Map<string, Uint8Array>()
  const keys = new Set<FileKey>()
  const masters: Array<Master> = []
  const twins = yield* Effect.scoped(
    Layer.build(
      Layer.mergeAll(MemoryFileStorage.layer, MemoryMediaProbe.layer).pipe(
        Layer.provide(Layer.succeed(MemoryDisk, disk))
      )
    )
  )
  const storage = watched(Context.get(twins, FileStorage), keys, masters)
  const exists = (key: FileKey) => Effect.isSuccess(storage.stat(key))
  return {
    state,
    disk,
    ports: Context.make(JobStore, MemoryJobStore.make(state)).pipe(
      Context.add(RunnerStore, MemoryRunnerStore.make(state)),
      Context.add(VideoStore, MemoryVideoStore.make(state)),
      Context.add(FileStorage, storage),
      Context.add(MediaProbe, Context.get(twins, MediaProbe))
    ),
    told: [],
    pings: 0,
    reopened: 0,
    masters,
    files: Effect.suspend(() => Effect.map(Effect.filter([...keys], exists), (found) => found.sort()))
  }
})
