import { Context, type DateTime, type Effect } from "effect"
import type { RunnerId } from "../domain/Ids.ts"
import type { PersistenceError } from "./PersistenceError.ts"

/** The runners of one process, with the limits by which runners of all processes are online or offline. */
export interface PresenceReport {
  /** A UUID of the process. */
  readonly server: string
  /** The runners that are connected to the process, or were a short time ago. */
  readonly runners: ReadonlyArray<RunnerId>
  readonly at: DateTime.Utc
  /** Reports of other processes count until this moment. Older ones are removed, because their processes have ended. */
  readonly reportedSince: DateTime.Utc
  /** A runner whose last contact is not older is online without a connection, too. */
  readonly contactSince: DateTime.Utc
  /** False while the process has not waited long enough for the runners of processes that ended before it started. */
  readonly mayGoOffline: boolean
}

/** Knows which runners are online, from the reports of all processes and from the contacts of the runners. */
export class PresenceStore extends Context.Tag("@runner-connector/core/PresenceStore")<
  PresenceStore,
  {
    /**
     * Replaces the last report of the process. The same transaction adds `runner.online` and `runner.offline` for each
     * runner that changed. Reports exclude each other, so that every change has one event. Returns the runners of the report
     * that were removed.
     */
    readonly report: (report: PresenceReport) => Effect.Effect<ReadonlyArray<RunnerId>, PersistenceError>
  }
>() {}
