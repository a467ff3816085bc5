import { Effect, FiberSet, Ref, type Scope } from "effect"
import type { JobEnvironment } from "./jobs/JobType.ts"
import * as RunningJob from "./RunningJob.ts"
import type { Session } from "./Session.ts"

/** The jobs that run at the same time. */
export interface JobPool {
  readonly hasRoom: Effect.Effect<boolean>
  /** Starts a job in the background. Call it in an uninterruptible region, directly after the job was accepted. */
  readonly start: (work: RunningJob.Work) => Effect.Effect<void, never, JobEnvironment>
}

/**
 * Creates a pool of limited size that calls `wake` after each job. When the scope closes, all jobs are interrupted at
 * once and given back, each within the shutdown time of the settings.
 */
export const make = (
  session: Session,
  concurrency: number,
  wake: Effect.Effect<void>
): Effect.Effect<JobPool, never, Scope.Scope> =>
  Effect.gen(function* () {
    const fibers = yield* FiberSet.make<void>()
    const running = yield* Ref.make(0)
    const start = (work: RunningJob.Work) =>
      Effect.gen(function* () {
        yield* Ref.update(running, (count) => count + 1)
        const leaving = Effect.zipRight(
          Ref.update(running, (count) => count - 1),
          wake
        )
        yield* RunningJob.run(session, work).pipe(
          Effect.ensuring(leaving),
          Effect.annotateLogs({ job: work.lease.uuid, type: work.type.name }),
          (job) => FiberSet.run(fibers, job)
        )
      })
    return { start, hasRoom: Effect.map(Ref.get(running), (count) => count < concurrency) }
  })
