import { Context, Effect, Layer } from "effect"
import { JobStore } from "../JobStore.ts"
import { RunnerStore } from "../RunnerStore.ts"
import { VideoStore } from "../VideoStore.ts"
import * as MemoryJobStore from "./MemoryJobStore.ts"
import * as MemoryRunnerStore from "./MemoryRunnerStore.ts"
import { makeState } from "./MemoryState.ts"
import * as MemoryVideoStore from "./MemoryVideoStore.ts"

/**
 * The three stores over one state in memory, under the contracts of every store. For tests, and for hosts that need no
 * persistence. Lookups may scan everything.
 */
export const layer: Layer.Layer<JobStore | RunnerStore | VideoStore> = Layer.effectContext(
  Effect.sync(() => {
    const state = makeState()
    return Context.make(JobStore, MemoryJobStore.make(state)).pipe(
      Context.add(RunnerStore, MemoryRunnerStore.make(state)),
      Context.add(VideoStore, MemoryVideoStore.make(state))
    )
  })
)
