import { type Ids, RunnerDemand, RunnerHealth, RunnerStore } from "@runner-connector/core"
import { Array as Arr, Clock, type Duration, Effect, FiberSet, Option, type Scope } from "effect"
import type { Connections } from "./Connections.ts"
import type { Cluster } from "./cluster/Cluster.ts"
import { throttle } from "./throttle.ts"

/** The host waits at most this long for the final ping when it stops. */
const LOOK_UP_TIMEOUT = "1 second"

type Demands = ReadonlyArray<RunnerDemand.Demand>
type Candidates = ReadonlyArray<RunnerDemand.Candidate>

/**
 * Runners pinged at once, and the pause before the next batch. The requests of larger batches would queue at the
 * server.
 */
const BATCH = 50
const BATCH_PAUSE = "100 millis"

/** Reads the workloads of these runners. Treats all as idle and capable when the store fails or takes too long. */
const makeCandidates = (connections: Connections, { roster }: Cluster) =>
  Effect.map(RunnerStore.RunnerStore, (store) => {
    const pingedAt = (id: Ids.RunnerId) => Math.max(connections.pingedAt(id), roster.pingedAt(id))
    const candidatesOf = (demands: Demands, ids: ReadonlyArray<Ids.RunnerId>) => {
      const types = Option.some(demands.map(({ type }) => type))
      const labels = demands.flatMap((demand) => demand.labels)
      const able = {
        version: Option.none(),
        jobTypes: types,
        labels,
        state: "active",
        health: RunnerHealth.unknownHealth,
        processing: 0
      } as const
      const unknown = (): Candidates => ids.map((id) => ({ ...able, id, pingedAt: pingedAt(id) }))
      return store.workloads(ids).pipe(
        Effect.map(Arr.map((one): RunnerDemand.Candidate => ({ ...one, pingedAt: pingedAt(one.id) }))),
        Effect.timeout(LOOK_UP_TIMEOUT),
        Effect.catchAllCause((cause) =>
          Effect.as(Effect.logWarning("Pinging runners without their workloads: the look-up failed", cause), unknown())
        )
      )
    }
    return { candidatesOf, pingedAt }
  })

/**
 * Chooses among these runners by their workloads. Most choices need few of them, so only those that were pinged longest ago
 * are read, and all of them when they are not enough.
 */
const makeChoose = (connections: Connections, cluster: Cluster) =>
  Effect.map(
    makeCandidates(connections, cluster),
    ({ candidatesOf, pingedAt }) =>
      (demands: Demands, runners: ReadonlyArray<Ids.RunnerId>, share = 1) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const ids = runners
            .filter((id) => RunnerDemand.mayPing(demands, pingedAt(id), now))
            .toSorted((one, other) => pingedAt(one) - pingedAt(other))
          if (ids.length === 0) return []
          const [first, others] = Arr.splitAt(ids, RunnerDemand.usualCandidates(demands))
          const candidates = yield* candidatesOf(demands, first)
          const choice = RunnerDemand.chooseRunners(demands, candidates, now, share)
          if (choice.isFinal || others.length === 0) return choice.ids
          const all = [...candidates, ...(yield* candidatesOf(demands, others))]
          return RunnerDemand.chooseRunners(demands, all, now, share).ids
        })
  )

/** Pings runners of this process in batches. The first batch is sent before this returns. */
export const makeSend = (
  connections: Connections
): Effect.Effect<(ids: ReadonlyArray<Ids.RunnerId>) => Effect.Effect<void>, never, Scope.Scope> =>
  Effect.map(
    FiberSet.makeRuntime(),
    (runFork) => (ids: ReadonlyArray<Ids.RunnerId>) =>
      Effect.gen(function* () {
        const [first = [], ...others] = Arr.chunksOf(ids, BATCH)
        const send = (batch: ReadonlyArray<Ids.RunnerId>) =>
          Effect.sync(() => {
            for (const id of batch) connections.ping(id)
          })
        connections.note(ids, yield* Clock.currentTimeMillis)
        if (others.length > 0) {
          runFork(Effect.forEach(others, (batch) => Effect.delay(send(batch), BATCH_PAUSE), { discard: true }))
        }
        yield* send(first)
      })
  )

/**
 * Pings runners at once, then at most once per interval, and no more runners than the jobs need. For new jobs it chooses
 * among the runners of all processes, for reminders among those of this process: every process reminds its own runners, each
 * in proportion to their number. So reminders work without any message between processes. They do not delay new jobs.
 */
export const makeCalls = (
  connections: Connections,
  cluster: Cluster,
  options: {
    readonly interval: Duration.Duration
    readonly pingHere: (ids: ReadonlyArray<Ids.RunnerId>) => Effect.Effect<void>
  }
): Effect.Effect<(demands: Demands) => Effect.Effect<void>, never, RunnerStore.RunnerStore | Scope.Scope> =>
  Effect.gen(function* () {
    const choose = yield* makeChoose(connections, cluster)
    const limits = { interval: options.interval, merge: RunnerDemand.mergeDemands }
    const announce = yield* throttle<RunnerDemand.Demand>(
      (demands) =>
        Effect.gen(function* () {
          const chosen = yield* choose(demands, Arr.dedupe([...connections.ids, ...cluster.roster.ids]))
          yield* cluster.ping(chosen)
          yield* options.pingHere(chosen)
        }),
      limits
    )
    const remind = yield* throttle<RunnerDemand.Demand>((demands) => {
      const own = connections.ids
      const share = own.length / Math.max(1, own.length + cluster.roster.size)
      return Effect.flatMap(choose(demands, own, share), options.pingHere)
    }, limits)
    return (demands) => {
      const [reminders, fresh] = Arr.partition(demands, ({ waited }) => waited === 0)
      return Effect.zipRight(announce(fresh), remind(reminders))
    }
  })
