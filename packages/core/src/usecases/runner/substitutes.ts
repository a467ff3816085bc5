import { DateTime, Effect, Option } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { attemptOf } from "../engine/attempt.ts"
import { JobOffers } from "../engine/JobOffers.ts"
import { MAX_AVAILABLE } from "./request.ts"

/** Takes one of the candidates; none when it went to another runner in between. */
type Take = (id: JobId) => Effect.Effect<Option.Option<RunnerJob>, PersistenceError>

/** Finds the best other job for a runner whose job has gone to another one, and takes it. */
export type Substitutes = (
  gone: RunnerJob,
  runner: Runner,
  take: Take
) => Effect.Effect<Option.Option<RunnerJob>, PersistenceError>

/**
 * Substitutes over the ports. A substitute is of the same type and has no other requirements than the job that is gone:
 * the runner has just shown that it can do that one. Each claim locks a candidate and keeps it from other claims in one
 * statement, and the job machine decides about it at its revision. Jobs that were shown to other runners come last.
 */
export const makeSubstitutes: Effect.Effect<Substitutes, never, JobOffers | JobTypes> = Effect.gen(function* () {
  const offers = yield* JobOffers
  const read = yield* attemptOf

  const find = Effect.fnUntraced(function* (gone: RunnerJob, runner: Runner, except: ReadonlyArray<JobId>) {
    const now = yield* DateTime.now
    const { requirements, type } = gone
    const limit = MAX_AVAILABLE
    const own = { runnerId: runner.id, labels: runner.labels }
    const query = { ...own, types: [type], requirements, limit, at: now, except }
    const [shownToNoOther] = yield* offers.claim(query)
    return shownToNoOther ?? (yield* offers.claim({ ...query, kept: true }))[0]
  })

  return spanned("RunnerJobs.substitutes")(function* (gone, runner, take) {
    const unreadable: Array<JobId> = []
    for (;;) {
      const candidate = yield* find(gone, runner, unreadable)
      if (candidate === undefined) return Option.none()
      if (Option.isNone(read(candidate))) {
        unreadable.push(candidate.id)
        continue
      }
      const taken = yield* take(candidate.id)
      if (Option.isNone(taken)) continue
      yield* Effect.logDebug("A runner got another job than the requested one").pipe(
        Effect.annotateLogs({ asked: gone.id, job: taken.value.id, runner: runner.name })
      )
      return taken
    }
  })
})
