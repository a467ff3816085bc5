import { type DateTime, Option } from "effect"
import type { Runner } from "../runner/Runner.ts"
import type { NewEvent } from "./Event.ts"

/** The types of events about runners. */
export type RunnerEventType =
  | "runner.registered"
  | "runner.online"
  | "runner.offline"
  | "runner.updated"
  | "runner.removed"

/** The event of a runner. */
export const runnerEvent = (
  type: RunnerEventType,
  { id, name }: Pick<Runner, "id" | "name">,
  occurredAt: DateTime.Utc
): NewEvent => ({
  type,
  occurredAt,
  videoId: Option.none(),
  jobId: Option.none(),
  runnerId: Option.some(id),
  data: { name }
})

type Settings = Pick<Runner, "labels" | "name" | "state">

const isSame = (before: Settings, after: Settings): boolean =>
  before.name === after.name && before.state === after.state && before.labels.join() === after.labels.join()

/** The events of a change of a runner. Contacts have none. */
export const runnerChangeEvents = (before: Runner, after: Runner): ReadonlyArray<NewEvent> =>
  isSame(before, after) ? [] : [runnerEvent("runner.updated", after, after.updatedAt)]
