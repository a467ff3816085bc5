import { createServer } from "node:http"
import { eventually } from "@runner-connector/contracts"
import { type Ids, type RunnerDemand, RunnerNotifier, RunnerStore, Tokens } from "@runner-connector/core"
import { SocketNotifier } from "@runner-connector/socket"
import { Array as Arr, Context, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { connect, type RunnerClient } from "./clients.ts"
import { listen } from "./hosts.ts"
import { makeHub } from "./hub.ts"
import { registered, runners } from "./runners.ts"

/** A connected runner. */
export interface Member extends RunnerClient {
  readonly id: Ids.RunnerId
}

/** Two or more notifiers with one store, which a hub connects as a broker connects processes. */
export const processes = (count: number) =>
  Effect.gen(function* () {
    const hub = makeHub()
    const services = yield* Layer.build(runners)
    const store = Context.get(services, RunnerStore.RunnerStore)
    const busy = new Set<Ids.RunnerId>()
    const workloads: typeof store.workloads = (ids) =>
      Effect.map(
        store.workloads(ids),
        Arr.map((one) => ({ ...one, processing: busy.has(one.id) ? 1 : 0 }))
      )
    const seen = Context.add(services, RunnerStore.RunnerStore, { ...store, workloads })

    const start = Effect.gen(function* () {
      const server = createServer()
      const port = yield* listen(server)
      const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
      const layer = SocketNotifier.layer(server, { configure: (io) => void io.adapter(hub.adapter) })
      const built = yield* Effect.provide(Layer.buildWithScope(layer, scope), seen)
      const join = Effect.gen(function* () {
        const token = yield* Effect.provide(registered(), services)
        const { id } = yield* Effect.flatten(store.findByToken(yield* Tokens.hashToken(Redacted.make(token))))
        const client = yield* connect(port, token)
        yield* eventually(client.connected, (is) => is)
        return { ...client, id }
      })
      return {
        notifier: Context.get(built, RunnerNotifier.RunnerNotifier),
        /** Registers and connects runners. */
        join: (size: number): Effect.Effect<ReadonlyArray<Member>, never, Scope.Scope> =>
          Effect.orDie(Effect.replicateEffect(join, size)),
        stop: Scope.close(scope, Exit.void)
      }
    })
    return { hub, store, busy, all: yield* Effect.replicateEffect(start, count) }
  })

/** The pings of these runners so far. */
export const pingsOf = (members: ReadonlyArray<RunnerClient>): Effect.Effect<number> =>
  Effect.map(
    Effect.forEach(members, ({ pings }) => pings),
    (all) => all.reduce((a, b) => a + b, 0)
  )

/** A job that has waited for this time, in milliseconds. */
export const reminder = (waited: number): ReadonlyArray<RunnerDemand.Demand> => [
  { type: "vod-hls-transcoding", requirements: [], labels: [], jobs: 1, waited, onlyIdle: true }
]
