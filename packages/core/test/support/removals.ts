import { Effect } from "effect"
import type { Video } from "../../src/domain/video/Video.ts"
import { acceptNext, type Held, type Registered, register, takeIn } from "./actions.ts"
import type { Process } from "./Process.ts"
import { aResult, type Result } from "./results.ts"
import type { World } from "./World.ts"

/** A job with its result, ready for delivery. */
export interface Given {
  readonly runner: Registered
  readonly video: Video
  readonly held: Held
  readonly result: Result
}

/** Accepts the first of two jobs. */
export const given = (server: Process): Effect.Effect<Given> =>
  Effect.gen(function* () {
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360, 480] } })
    const held = yield* Effect.orDie(acceptNext(server, runner))
    return { runner, video, held, result: aResult(server.world, 360) }
  })

/** The same with a new result in the world. */
export const anew = (all: Given, world: World): Given => ({ ...all, result: aResult(world, 360) })

/** Whether the job exists. */
export const isKept = (world: World, { held }: Given): boolean => world.state.jobs.has(held.job.id)
