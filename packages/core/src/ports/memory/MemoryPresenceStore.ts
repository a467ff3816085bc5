import { DateTime } from "effect"
import { runnerEvent } from "../../domain/event/runnerEvents.ts"
import type { RunnerId } from "../../domain/Ids.ts"
import { type PresenceReport, PresenceStore } from "../PresenceStore.ts"
import { attempt, type MemoryState, type Record } from "./MemoryState.ts"

/** The presence over the given state. */
export const make = (state: MemoryState): PresenceStore["Type"] =>
  PresenceStore.of({
    report: (one) => attempt(state, "PresenceStore.report", (record) => report(state, one, record))
  })

const report = (
  { presence: { online, reports }, runners }: MemoryState,
  { at, contactSince, mayGoOffline, reportedSince, ...own }: PresenceReport,
  record: Record
): ReadonlyArray<RunnerId> => {
  reports.set(own.server, { runners: own.runners, at })
  for (const [server, other] of reports) if (DateTime.lessThan(other.at, reportedSince)) reports.delete(server)
  for (const id of online.keys()) if (!runners.has(id)) online.delete(id)
  const connected = new Set(Array.from(reports.values()).flatMap((other) => other.runners))
  for (const { id, lastContact, name } of runners.values()) {
    const isPresent = connected.has(id) || DateTime.greaterThanOrEqualTo(lastContact, contactSince)
    if (isPresent === online.has(id) || (!isPresent && !mayGoOffline)) continue
    if (isPresent) online.set(id, at)
    else online.delete(id)
    record([runnerEvent(isPresent ? "runner.online" : "runner.offline", { id, name }, at)])
  }
  return own.runners.filter((id) => !runners.has(id))
}
