import { Context, Effect, Layer } from "effect"
import type { FileKey } from "../../src/domain/FileKey.ts"
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
  readonly hook: "renditionReady" | "videoPlayable" | "transcodingEnded"
  readonly videoId: string
  /** Names the rendition; absent for hooks about the whole video. */
  readonly resultId?: string
  readonly state: string
}

/** What outlives every process: the database, the file storage, the local disk, and what the application was told. */
export interface World {
  readonly state: MemoryState
  readonly disk: Map<string, Uint8Array>
  readonly ports: Context.Context<SharedPorts>
  readonly told: Array<Told>
  /** How often runners were called, by any process. */
  pings: number
  /** The keys of all files that stand in storage. */
  readonly files: Effect.Effect<ReadonlyArray<FileKey>>
}

/** Notes under which keys files were ever written, so that what stands in storage can be listed. */
const watched = (storage: FileStorage["Type"], keys: Set<FileKey>): FileStorage["Type"] => ({
  ...storage,
  write: (key, content, options) => {
    keys.add(key)
    return storage.write(key, content, options)
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
  const twins = yield* Effect.scoped(
    Layer.build(
      Layer.mergeAll(MemoryFileStorage.layer, MemoryMediaProbe.layer).pipe(
        Layer.provide(Layer.succeed(MemoryDisk, disk))
      )
    )
  )
  const storage = watched(Context.get(twins, FileStorage), keys)
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
    files: Effect.suspend(() => Effect.map(Effect.filter([...keys], exists), (found) => found.sort()))
  }
})
