import { Array as Arr, DateTime, Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { isReportDue, type Reported, type Sightings, sight } from "../../domain/runner/Presence.ts"
import { PresenceStore } from "../../ports/PresenceStore.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import type { Watchdog } from "./watchdog.ts"

/**
 * Reports the runners of this process: at once after a change, and otherwise as a sign of life. A runner stays in the
 * reports for `offlineAfter` after its connection ended, so that a reconnect changes nothing. The report of a killed
 * process expires after the same time.
 *
 * A new process calls no runner offline before that time, because the runners of the process before it still reconnect.
 *
 * Disconnects runners that were removed while this process missed the message about it.
 */
export const makeReportPresence: Effect.Effect<Watchdog, never, PresenceStore | RunnerNotifier | ConnectorConfig> =
  Effect.gen(function* () {
    const { contactInterval, offlineAfter } = yield* ConnectorConfig
    const store = yield* PresenceStore
    const notifier = yield* RunnerNotifier
    const server = yield* (yield* Identifiers).uuid
    const began = yield* DateTime.now
    let sightings: Sightings = new Map()
    let reported: Reported | undefined

    return Effect.gen(function* () {
      const at = yield* DateTime.now
      const connected = yield* notifier.connected
      sightings = sight(sightings, connected, at, offlineAfter)
      if (!isReportDue(reported, sightings, at, offlineAfter)) return
      const runners = sightings
      const reportedSince = DateTime.subtractDuration(at, offlineAfter)
      const removed = yield* store.report({
        server,
        runners: Array.from(runners.keys()),
        at,
        reportedSince,
        // A stored contact is this much older than the last call at most.
        contactSince: DateTime.subtractDuration(reportedSince, contactInterval),
        mayGoOffline: DateTime.lessThan(began, reportedSince)
      })
      reported = { runners, at }
      const gone = Arr.intersection(connected, removed)
      yield* Effect.forEach(gone, (id) => notifier.runnerRemoved(id, { ping: true }), { discard: true })
    })
  })
