import { Effect } from "effect"
import { type Process, type ProcessOptions, startProcess } from "./Process.ts"
import type { World } from "./World.ts"

/** A server that can be killed at any moment. None of its calls of a port is answered afterwards. */
export interface Mortal {
  readonly process: Process
  readonly kill: Effect.Effect<void>
}

export const startMortal = (world: World, options: ProcessOptions = {}): Effect.Effect<Mortal> =>
  Effect.gen(function* () {
    let isDead = false
    const process = yield* startProcess(world, {
      ...options,
      around: (_, effect) => Effect.suspend(() => (isDead ? Effect.async<never>(() => {}) : effect))
    })
    return {
      process,
      kill: Effect.sync(() => {
        isDead = true
      })
    }
  })
