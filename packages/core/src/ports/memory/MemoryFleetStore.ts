import { Effect, Option } from "effect"
import { runnerChangeEvents } from "../../domain/event/runnerEvents.ts"
import type { RunnerId } from "../../domain/Ids.ts"
import { normalized } from "../../domain/runner/Labels.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import { FleetStore } from "../FleetStore.ts"
import { RunnerNameTaken } from "../RunnerStore.ts"
import { assertStorable, attempt, type MemoryState, type Record } from "./MemoryState.ts"

const change = (
  state: MemoryState,
  id: RunnerId,
  decide: (runner: Runner) => Runner,
  record: Record
): Option.Option<Runner> | RunnerNameTaken => {
  const before = state.runners.get(id)
  if (before === undefined) return Option.none()
  const { createdAt, registrationTokenId, tokenHash } = before
  const after: Runner = { ...decide(before), createdAt, id, registrationTokenId, tokenHash }
  assertStorable(after)
  const others = Array.from(state.runners.values()).filter((other) => other.id !== id)
  if (others.some(({ name }) => name === after.name)) return new RunnerNameTaken({ name: after.name })
  state.runners.set(id, after)
  record(runnerChangeEvents(before, after))
  return Option.some(after)
}

/** The fleet over the given state. */
export const make = (state: MemoryState): FleetStore["Type"] =>
  FleetStore.of({
    change: (id, decide) =>
      Effect.flatMap(
        attempt(state, "FleetStore.change", (record) => change(state, id, decide, record)),
        (outcome) => (outcome instanceof RunnerNameTaken ? outcome : Effect.succeed(outcome))
      ),
    labels: Effect.sync(() => normalized(Array.from(state.runners.values()).flatMap(({ labels }) => labels)))
  })
