import { type Ids, RunnerDemand, RunnerStore } from "@runner-connector/core"
import { Array as Arr, Clock, type Duration, Effect, FiberSet, Option, type Scope } from "effect"
import type { Namespace } from "socket.io"
import type { Connections } from "./Connections.ts"
import { throttle } from "./throttle.ts"

/** The event that makes a runner request jobs. */
export const AVAILABLE_JOBS = "available-jobs"

/** A ping that comes later is of no use to a host that stops. */
const LOOK_UP_TIMEOUT = "1 second"

type Demands = ReadonlyArray<RunnerDemand.Demand>

/** Runners that are pinged at once, and the pause before the next ones: more would wait for each other at the server. */
const BATCH = 50
const BATCH_PAUSE = "100 millis"

/** A runner of which nothing is known is taken for idle and capable. */
const unknown =
  (demands: Demands, connections: Connections) =>
  (id: Ids.RunnerId): RunnerDemand.Candidate => ({
    id,
    version: Option.none(),
    jobTypes: Option.some(demands.map(({ type }) => type)),
    processing: 0,
    pingedAt: connections.pingedAt(id)
  })

/** Chooses among the connected runners, by their workloads unless the store cannot tell them in time. */
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
            Effect.logWarning("Runners are pinged although their jobs could not be looked up", cause),
            ids.map(unknown(demands, connections))
          )
        )
        return RunnerDemand.chooseRunners(demands, candidates, yield* Clock.currentTimeMillis)
      })
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

/** Pings runners in batches. The first one goes out before this returns. */
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
