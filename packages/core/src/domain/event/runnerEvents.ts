import { type DateTime, Option } from "effect"
import type { Runner } from "../runner/Runner.ts"
import type { NewEvent } from "./Event.ts"

/** The types of events about runners. */
export type RunnerEventType = "runner.registered" | "runner.online" | "runner.offline" | "runner.removed"

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
