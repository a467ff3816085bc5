import { Effect, FiberSet, Option, type Scope } from "effect"
import type { JobEnvironment } from "./jobs/JobType.ts"
import * as RunningJob from "./RunningJob.ts"
import type { Session } from "./Session.ts"
import type { Slots } from "./Slots.ts"

/** The right to run one job. */
export interface Place {
  /** Starts a job in the background. Call it in an uninterruptible region, directly after the job was accepted. */
  readonly start: (work: RunningJob.Work) => Effect.Effect<void, never, JobEnvironment>
  /** Gives the place back, unless it was used. */
  readonly release: Effect.Effect<void>
}

/** The jobs of one server that run at the same time. */
export interface JobPool {
  /** None when the pool is full. Then `wake` is called as soon as a slot is free. */
  readonly reserve: Effect.Effect<Option.Option<Place>>
  /** Waits until no job runs. */
  readonly idle: Effect.Effect<void>
}

/** The events of a job that affect its slot. */
interface SlotOfJob {
  /** The result is complete, and only its delivery is left. */
  readonly made: Effect.Effect<void>
  readonly ended: Effect.Effect<void>
}

/**
 * Manages the slots of jobs. A job gives its slot back before it delivers, unless as many jobs as there are slots
 * already do so.
 */
const makeSlotOfJob = (slots: Slots, wake: Effect.Effect<void>) => {
  let delivering = 0
  return (hasSlot: boolean): SlotOfJob => {
    let [holdsSlot, delivers] = [hasSlot, false]
    const leave = Effect.suspend(() => {
      const leaving = holdsSlot ? Effect.zipRight(slots.release, wake) : wake
      holdsSlot = false
      return leaving
    })
    const made = Effect.suspend(() => {
      if (delivering >= slots.count) return Effect.void
      delivering += 1
      delivers = true
      return leave
    })
    const ended = Effect.suspend(() => {
      if (delivers) delivering -= 1
      return leave
    })
    return { made, ended }
  }
}

/**
 * Creates a pool that calls `wake` whenever another job may start. A job gives its slot back when its result is made, so that the
 * next one starts while the result is delivered and checked. As many jobs deliver at once as there are slots; any other one keeps
 * its slot until its end, so that a slow server or connection does not pile up results. When the scope closes, all jobs are
 * interrupted at once and given back, each within the shutdown time of the settings.
 */
export const make = (
  session: Session,
  slots: Slots,
  wake: Effect.Effect<void>
): Effect.Effect<JobPool, never, Scope.Scope> =>
  Effect.gen(function* () {
    const fibers = yield* FiberSet.make<void>()
    const slotOfJob = makeSlotOfJob(slots, wake)

    const makePlace = (): Place => {
      let state: "reserved" | "started" | "released" = "reserved"
      const release = Effect.suspend(() => {
        if (state !== "reserved") return Effect.void
        state = "released"
        return slots.release
      })
      const start = (work: RunningJob.Work) =>
        Effect.suspend(() => {
          // If the check ended before the server responded, its slot is already released. The job runs nevertheless.
          const { ended, made } = slotOfJob(state === "reserved")
          state = "started"
          return RunningJob.run(session, work, made).pipe(
            Effect.ensuring(ended),
            Effect.annotateLogs({ job: work.lease.uuid, type: work.type.name }),
            (job) => FiberSet.run(fibers, job)
          )
        })
      return { start, release }
    }
    return {
      reserve: Effect.map(slots.take(wake), (taken) => (taken ? Option.some(makePlace()) : Option.none())),
      idle: FiberSet.awaitEmpty(fibers)
    }
  })
