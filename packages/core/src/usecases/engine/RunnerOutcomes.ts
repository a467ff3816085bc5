import { Context, DateTime, Effect, Layer, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { RunnerId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { avoidable, avoidedSince, failedBy } from "../../domain/runner/Avoidance.ts"
import { afterFailure, afterSuccess, isNewsOfSuccess } from "../../domain/runner/RunnerHealth.ts"
import { FleetStore } from "../../ports/FleetStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerStore } from "../../ports/RunnerStore.ts"

/**
 * Follows the outcomes of attempts: keeps failed jobs from their runners, and puts failing runners into quarantine.
 * Does nothing unless `layer` is provided.
 */
export class RunnerOutcomes extends Context.Reference<RunnerOutcomes>()("@runner-connector/core/RunnerOutcomes", {
  defaultValue: (): Outcomes => ({
    withAvoided: (_, after) => Effect.succeed(after),
    failed: () => Effect.void,
    succeeded: () => Effect.void
  })
}) {}

/** The consequences of the outcomes of attempts. */
export interface Outcomes {
  /** The job after an attempt, with the runners to which it is not offered again. */
  readonly withAvoided: (before: RunnerJob, after: RunnerJob) => Effect.Effect<RunnerJob, PersistenceError>
  /** Records the failure of the runner, which may lead to its quarantine. Never fails. */
  readonly failed: (before: RunnerJob, after: RunnerJob) => Effect.Effect<void>
  /** Records the success of the runner that made the result. Never fails. */
  readonly succeeded: (attempt: RunnerJob) => Effect.Effect<void>
}

type Blame = Parameters<typeof afterFailure>[1]

/** Finds the runners to which a job is not offered again. */
const makeWithAvoided = Effect.gen(function* () {
  const store = yield* RunnerStore
  const { offlineAfter } = yield* ConnectorConfig
  const withAvoided: Outcomes["withAvoided"] = Effect.fnUntraced(function* (before, after) {
    const runnerId = avoidedSince(before, after)
    if (Option.isNone(runnerId) || after.state !== "Pending") return after
    const failed = [...before.avoided, runnerId.value]
    const presence = { now: yield* DateTime.now, offlineAfter }
    return { ...after, avoided: avoidable(after, failed, yield* store.workloads(), presence) }
  })
  return withAvoided
})

/** Writes how attempts of runners ended. */
const makeNotes = Effect.gen(function* () {
  const store = yield* RunnerStore
  const fleet = yield* FleetStore
  const { contactInterval, quarantine: rules } = yield* ConnectorConfig

  const failure = Effect.fnUntraced(function* (runnerId: RunnerId, blame: Blame) {
    const now = yield* DateTime.now
    const others = (yield* store.workloads()).filter(({ id }) => id !== runnerId).map(({ health }) => health)
    yield* fleet.change(runnerId, (runner) => ({
      ...runner,
      health: afterFailure(runner.health, blame, { others, rules, now })
    }))
  })

  const success = Effect.fnUntraced(function* (runnerId: RunnerId) {
    const now = yield* DateTime.now
    const [runner] = yield* store.findByIds([runnerId])
    if (runner === undefined || !isNewsOfSuccess(runner.health, now, contactInterval)) return
    yield* fleet.change(runnerId, (current) => ({ ...current, health: afterSuccess(now) }))
  })

  return { failure, success }
})

const make = Effect.gen(function* () {
  const withAvoided = yield* makeWithAvoided
  const { failure, success } = yield* makeNotes
  return {
    withAvoided,
    failed: (before, after) =>
      Option.match(failedBy(before, after), {
        onNone: () => Effect.void,
        onSome: ({ message, runnerId }) => Effect.ignoreLogged(failure(runnerId, { job: after.id, message }))
      }),
    succeeded: ({ runnerId }) =>
      Option.match(runnerId, { onNone: () => Effect.void, onSome: (id) => Effect.ignoreLogged(success(id)) })
  } satisfies Outcomes
})

/** Conclusions over the ports. */
export const layer: Layer.Layer<never, never, RunnerStore | FleetStore | ConnectorConfig> = Layer.effect(
  RunnerOutcomes,
  make
)
