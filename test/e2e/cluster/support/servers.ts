import { join } from "node:path"
import { Effect, ExecutionStrategy, Exit, Scope } from "effect"
import * as ExampleServer from "../../support/ExampleServer.ts"
import { shiftedClock } from "../../support/shiftedClock.ts"
import { freePort, temporaryFolder } from "../../support/workspace.ts"

/** A server that can be killed and started again on the same port and folder. */
export interface Member {
  readonly port: number
  /** Kills it, starts it again, and returns the milliseconds until it is ready. */
  readonly crash: Effect.Effect<number>
  readonly current: () => ExampleServer.ExampleServer
}

/** Starts a server whose clock is wrong by some hours. */
export const member = (hours: number, env: Readonly<Record<string, string>>, port: number) =>
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const outer = yield* Effect.scope
    const options = { dataDir, port, env: { ...env, ...shiftedClock(hours) } }
    const start = Effect.gen(function* () {
      const scope = yield* Scope.fork(outer, ExecutionStrategy.sequential)
      const server = yield* Scope.extend(ExampleServer.start(options), scope)
      return { scope, server }
    })
    let running = yield* start
    const crash = Effect.gen(function* () {
      const began = performance.now()
      yield* running.server.kill
      yield* Scope.close(running.scope, Exit.void)
      running = yield* start
      return Math.round(performance.now() - began)
    })
    return { port, crash, current: () => running.server } satisfies Member
  })

/** Ports of three servers, whose clocks are two hours apart. */
export const ports = Effect.all([freePort, freePort, freePort])
export const clocks = [-1, 0, 1] as const
