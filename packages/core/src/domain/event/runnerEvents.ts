import { DateTime, Option } from "effect"
import type { Runner } from "../runner/Runner.ts"
import type { NewEvent } from "./Event.ts"

/** The types of events about runners. */
export type RunnerEventType =
  | "runner.registered"
  | "runner.online"
  | "runner.offline"
  | "runner.updated"
  | "runner.recovered"
  | "runner.removed"

const subjectOf = ({ id }: Pick<Runner, "id">, occurredAt: DateTime.Utc) => ({
  occurredAt,
  videoId: Option.none(),
  jobId: Option.none(),
  runnerId: Option.some(id)
})

/** The event of a runner. */
export const runnerEvent = (
  type: RunnerEventType,
  { id, name }: Pick<Runner, "id" | "name">,
  occurredAt: DateTime.Utc
): NewEvent => ({ ...subjectOf({ id }, occurredAt), type, data: { name } })

type Settings = Pick<Runner, "labels" | "name" | "state">

const isSame = (before: Settings, after: Settings): boolean =>
  before.name === after.name && before.state === after.state && before.labels.join() === after.labels.join()

const sameMoment = Option.getEquivalence(DateTime.Equivalence)

const untilOf = ({ health }: Runner) => Option.map(health.quarantine, ({ until }) => until)

/** A new quarantine, or the success that ends one. */
const healthEvents = (before: Runner, after: Runner): ReadonlyArray<NewEvent> => {
  if (sameMoment(untilOf(before), untilOf(after))) return []
  const { quarantine, succeededAt } = after.health
  if (Option.isNone(quarantine)) {
    return [
      runnerEvent(
        "runner.recovered",
        after,
        Option.getOrElse(succeededAt, () => after.updatedAt)
      )
    ]
  }
  const { reason, since, until } = quarantine.value
  const data = { name: after.name, until: DateTime.formatIso(until), reason }
  return [{ ...subjectOf(after, since), type: "runner.quarantined", data }]
}

/** The events of a change of a runner. Contacts have none. */
export const runnerChangeEvents = (before: Runner, after: Runner): ReadonlyArray<NewEvent> => [
  ...(isSame(before, after) ? [] : [runnerEvent("runner.updated", after, after.updatedAt)]),
  ...healthEvents(before, after)
]
