import { Context, type DateTime, Effect } from "effect"
import type { NewEvent } from "../domain/event/Event.ts"
import type { JobChange } from "../domain/event/jobEvents.ts"
import type { VideoChange } from "../domain/event/videoEvents.ts"
import type { ClaimedDelivery, DeliveryOutcome } from "./WebhookStore.ts"

/** One attempt to deliver an event to the endpoint of a webhook. */
export interface DeliveryAttempt {
  readonly delivery: ClaimedDelivery
  readonly outcome: DeliveryOutcome
  readonly startedAt: DateTime.Utc
  readonly endedAt: DateTime.Utc
}

/** What one committed write changed. */
export interface Changes {
  readonly events: ReadonlyArray<NewEvent>
  /** The written jobs with their states before. */
  readonly jobs: ReadonlyArray<JobChange>
  /** The written videos as they were before. */
  readonly videos: ReadonlyArray<Pick<VideoChange, "before" | "after">>
  /** The attempts whose results were stored. Webhooks report them, not the stores. */
  readonly deliveries?: ReadonlyArray<DeliveryAttempt>
}

/** Receives the changes of a write, in the process and the fiber that made them. */
export type Observer = (changes: Changes) => Effect.Effect<void>

/**
 * The observers of committed changes: logs, metrics, traces. Stores call them after the COMMIT, once for each write. They
 * are no substitute for events: a write whose outcome is unknown and a write in a transaction of the host are not observed.
 */
export class StateChanges extends Context.Reference<StateChanges>()("@runner-connector/core/StateChanges", {
  defaultValue: (): ReadonlyArray<Observer> => []
}) {}

/** Reports changes to these observers. */
export const reportTo =
  (observers: ReadonlyArray<Observer>): Observer =>
  (changes) =>
    changes.events.length + changes.jobs.length + (changes.deliveries?.length ?? 0) === 0
      ? Effect.void
      : Effect.forEach(observers, (observe) => observe(changes), { discard: true })

/** Reports changes to the observers of the calling fiber. */
export const report: Observer = (changes) => Effect.flatMap(StateChanges, (observers) => reportTo(observers)(changes))
