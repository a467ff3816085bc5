import { RunnerDemand, RunnerStore } from "@runner-connector/core"
import { Clock, type Duration, Effect, FiberSet, type Scope } from "effect"
import type { Namespace } from "socket.io"
import type { Connections } from "./Connections.ts"
import { throttle } from "./throttle.ts"

/** The event that makes a runner request jobs. */
export const AVAILABLE_JOBS = "available-jobs"

/** The host waits at most this long for the final ping when it stops. */
const LOOK_UP_TIMEOUT = "1 second"

type Demands = ReadonlyArray<RunnerDemand.Demand>

/**
 * Chooses connected runners to ping. Falls back to all of them when the store cannot list idle runners: an extra ping
 * only costs one request.
 */
const makeChoose = (connections: Connections) =>
  Effect.map(
    RunnerStore.RunnerStore,
    (store) => (demands: Demands) =>
      Effect.gen(function* () {
        const { ids } = connections
        if (ids.length === 0) return ids
        const workloads = yield* store.workloads(ids)
        const candidates = workloads.map((one) => ({ ...one, pingedAt: connections.pingedAt(one.id) }))
        return RunnerDemand.chooseRunners(demands, candidates, yield* Clock.currentTimeMillis)
      }).pipe(
        Effect.timeout(LOOK_UP_TIMEOUT),
        Effect.catchAllCause((cause) =>
          Effect.as(
            Effect.logWarning("Pinging all runners: the look-up of idle runners failed", cause),
            connections.ids
          )
        )
      )
  )

/** Forwards new demand to the other processes of a Socket.IO adapter, which ping their own runners. */
const forward = (namespace: Namespace) => (demands: Demands) =>
  Effect.gen(function* () {
    const servers = yield* Effect.tryPromise(() => namespace.adapter.serverCount())
    if (servers > 1) yield* Effect.try(() => namespace.serverSideEmit(AVAILABLE_JOBS, demands))
  }).pipe(
    Effect.catchAll((error) => Effect.logWarning("Notifying other processes of available jobs failed", error)),
    Effect.asVoid
  )

/**
 * Pings runners of this process at once, then at most once per interval, and no more runners than the jobs need.
 * Reminders stay in this process because every process reminds its own runners.
 */
export const makeCalls = (
  namespace: Namespace,
  connections: Connections,
  interval: Duration.Duration
): Effect.Effect<(demands: Demands) => Effect.Effect<void>, never, RunnerStore.RunnerStore | Scope.Scope> =>
  Effect.gen(function* () {
    const choose = yield* makeChoose(connections)
    const ping = (demands: Demands) =>
      Effect.gen(function* () {
        const chosen = yield* choose(demands)
        const now = yield* Clock.currentTimeMillis
        for (const id of chosen) connections.ping(id, AVAILABLE_JOBS, now)
      })
    const options = { interval, merge: RunnerDemand.mergeDemands }
    const here = yield* throttle(ping, options)
    const elsewhere = yield* throttle(forward(namespace), options)
    const runFork = yield* FiberSet.makeRuntime()
    namespace.on(AVAILABLE_JOBS, (demands: Demands) => void runFork(here(demands)))
    return (demands) => Effect.zipRight(here(demands), elsewhere(demands.filter(({ waited }) => waited === 0)))
  })
