import { type Ids, RunnerDemand, RunnerStore } from "@runner-connector/core"
import { Array as Arr, Clock, type Duration, Effect, FiberSet, Option, type Scope } from "effect"
import type { Namespace } from "socket.io"
import type { Connections } from "./Connections.ts"
import { throttle } from "./throttle.ts"

/** The event that makes a runner request jobs. */
export const AVAILABLE_JOBS = "available-jobs"

/** The host waits at most this long for the final ping when it stops. */
const LOOK_UP_TIMEOUT = "1 second"

type Demands = ReadonlyArray<RunnerDemand.Demand>

/**
 * Runners pinged at once, and the pause before the next batch. The requests of larger batches would queue at the
 * server.
 */
const BATCH = 50
const BATCH_PAUSE = "100 millis"

/** Treats a runner without known workload as idle and capable. */
const unknown =
  (demands: Demands, connections: Connections) =>
  (id: Ids.RunnerId): RunnerDemand.Candidate => ({
    id,
    version: Option.none(),
    jobTypes: Option.some(demands.map(({ type }) => type)),
    processing: 0,
    pingedAt: connections.pingedAt(id)
  })

/** Chooses connected runners by their workloads. Treats all as idle when the store fails or takes too long. */
const makeChoose = (connections: Connections) =>
  Effect.map(
    RunnerStore.RunnerStore,
    (store) => (demands: Demands) =>
      Effect.gen(function* () {
        const { ids } = connections
        if (ids.length === 0) return ids
        const known = store
          .workloads(ids)
          .pipe(
            Effect.map(Arr.map((one) => ({ ...one, pingedAt: connections.pingedAt(one.id) }))),
            Effect.timeout(LOOK_UP_TIMEOUT)
          )
        const candidates = yield* Effect.catchAllCause(known, (cause) =>
          Effect.as(
            Effect.logWarning("Pinging runners without their workloads: the look-up failed", cause),
            ids.map(unknown(demands, connections))
          )
        )
        return RunnerDemand.chooseRunners(demands, candidates, yield* Clock.currentTimeMillis)
      })
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

/** Pings runners in batches. The first batch is sent before this returns. */
const makeSend = (connections: Connections) =>
  Effect.map(FiberSet.makeRuntime(), (runFork) => (chosen: ReadonlyArray<Ids.RunnerId>, now: number) => {
    const [first = [], ...others] = Arr.chunksOf(chosen, BATCH)
    const send = (ids: ReadonlyArray<Ids.RunnerId>) =>
      Effect.sync(() => {
        for (const id of ids) connections.ping(id, AVAILABLE_JOBS)
      })
    connections.note(chosen, now)
    if (others.length > 0) {
      runFork(Effect.forEach(others, (ids) => Effect.delay(send(ids), BATCH_PAUSE), { discard: true }))
    }
    return send(first)
  })

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
    const send = yield* makeSend(connections)
    const ping = (demands: Demands) =>
      Effect.gen(function* () {
        yield* send(yield* choose(demands), yield* Clock.currentTimeMillis)
      })
    const options = { interval, merge: RunnerDemand.mergeDemands }
    const here = yield* throttle(ping, options)
    const elsewhere = yield* throttle(forward(namespace), options)
    const runFork = yield* FiberSet.makeRuntime()
    namespace.on(AVAILABLE_JOBS, (demands: Demands) => void runFork(here(demands)))
    return (demands) => Effect.zipRight(here(demands), elsewhere(demands.filter(({ waited }) => waited === 0)))
  })
