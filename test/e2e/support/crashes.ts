import { Effect, Scope } from "effect"
import * as ExampleServer from "./ExampleServer.ts"
import { recordedRunners } from "./recordedRunners.ts"
import * as ScriptedRunner from "./ScriptedRunner.ts"

const recorded = recordedRunners[1] ?? recordedRunners[0]

/** A server that is killed and started again on the same data, and a runner that lives on. */
export interface Crashes {
  readonly port: number
  readonly server: () => ExampleServer.ExampleServer
  readonly runner: ScriptedRunner.ScriptedRunner
  readonly runnerToken: string
  /** Ends the server without a warning, and starts it again on what it has left, its PostgreSQL included. */
  readonly crash: Effect.Effect<void>
}

/** What a server notices within seconds that would take it minutes otherwise. */
const impatient = {
  LOCAL_RUNNER: "off",
  RUNNER_VOD_SILENCE: "2 seconds",
  RUNNER_COMPLETION_SILENCE: "1 second",
  RUNNER_UPKEEP_INTERVAL: "200 millis",
  RUNNER_RETIRED_FOR: "1 second",
  RUNNER_MAX_STALLS: "100"
}

export const make = (dataDir: string, port: number): Effect.Effect<Crashes, never, Scope.Scope> =>
  Effect.gen(function* () {
    const options = { dataDir, port, env: impatient }
    const scope = yield* Effect.scope
    let server = yield* ExampleServer.start(options)
    if (recorded === undefined) return yield* Effect.dieMessage("There is no recorded runner")
    const runner = ScriptedRunner.make(recorded, port)
    const { runnerToken } = yield* runner.register(yield* ExampleServer.registrationToken(server))
    const restart = Effect.gen(function* () {
      yield* server.kill
      server = yield* ExampleServer.start(options)
    })
    return {
      port,
      runner,
      runnerToken,
      server: () => server,
      crash: Effect.provideService(restart, Scope.Scope, scope)
    }
  })
