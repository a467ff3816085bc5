import { RunnerDemand, RunnerStore } from "@runner-connector/core"
import { Clock, type Duration, Effect, FiberSet, type Scope } from "effect"
import type { Namespace } from "socket.io"
import type { Connections } from "./Connections.ts"
import { throttle } from "./throttle.ts"

/** The event that makes a runner request jobs. */
export const AVAILABLE_JOBS = "available-jobs"

/** A ping that comes later is of no use to a host that stops. */
const LOOK_UP_TIMEOUT = "1 second"

type Demands = ReadonlyArray<RunnerDemand.Demand>

/** Chooses connected runners. All of them when the store cannot tell which are idle: a ping too many costs a request. */
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
            Effect.logWarning("All runners are pinged: their jobs could not be looked up", cause),
            connections.ids
          )
        )
      )
  )

/** Passes new demands on to the other processes of a Socket.IO adapter, which ping their own runners. */
const forward = (namespace: Namespace) => (demands: Demands) =>
  Effect.gen(function* () {
    const servers = yield* Effect.tryPromise(() => namespace.adapter.serverCount())
    if (servers > 1) yield* Effect.try(() => namespace.serverSideEmit(AVAILABLE_JOBS, demands))
  }).pipe(
    Effect.catchAll((error) => Effect.logWarning("Other processes could not be told of available jobs", error)),
    Effect.asVoid
  )

/**
 * Pings runners of this process at once, then at most once per interval; as many as the jobs need. Reminders stay in this
 * process, since every process reminds its own runners.
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
