import { SqlClient } from "@effect/sql"
import type { Event, JobChange, StateChanges, VideoChange } from "@runner-connector/core"
import { Context, Effect, type Fiber, FiberRef, Option } from "effect"

/** The changes of a transaction until its COMMIT. */
interface Collected {
  events: Array<Event.NewEvent>
  jobs: Array<JobChange>
  videos: Array<Pick<VideoChange, "before" | "after">>
}

const collected = FiberRef.unsafeMake<Collected | undefined>(undefined)

/** Whether the caller has begun a transaction. */
export const isInTransaction = ({ currentContext }: Fiber.RuntimeFiber<unknown, unknown>): boolean =>
  Option.isSome(Context.getOption(currentContext, SqlClient.TransactionConnection))

/** Whether a write of this fiber collects its changes. */
export const isCollecting = (fiber: Fiber.RuntimeFiber<unknown, unknown>): boolean =>
  fiber.getFiberRef(collected) !== undefined

/** Adds a change of the transaction that runs. */
export const collect = (change: Partial<Collected>): Effect.Effect<void> =>
  Effect.map(FiberRef.get(collected), (all) => {
    if (all === undefined) return
    all.events.push(...(change.events ?? []))
    all.jobs.push(...(change.jobs ?? []))
    all.videos.push(...(change.videos ?? []))
  })

/** Forgets the changes of a transaction that was rolled back and begins again. */
export const collectAnew: Effect.Effect<void> = Effect.map(FiberRef.get(collected), (all) => {
  if (all !== undefined) Object.assign(all, { events: [], jobs: [], videos: [] } satisfies Collected)
})

/** Reports the changes of a write after its COMMIT. In a transaction of the host the outcome is not known, so none. */
export const reporting =
  (report: (changes: StateChanges.Changes) => Effect.Effect<void>) =>
  <A, E, R>(write: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiberRuntime((fiber) => {
      if (isInTransaction(fiber)) return write
      const all: Collected = { events: [], jobs: [], videos: [] }
      return Effect.zipLeft(
        Effect.locally(write, collected, all),
        Effect.suspend(() => report(all))
      )
    })
