import { Array as Arr, Data, type DateTime, Option } from "effect"
import type { RunnerJob } from "../job/RunnerJob.ts"
import { missingLabel } from "./Labels.ts"
import type { RunnerState } from "./Runner.ts"
import { type RunnerHealth, standingOf } from "./RunnerHealth.ts"
import { firstVersionOf, isStockType, supports } from "./RunnerVersions.ts"

/** The facts that decide which jobs a runner can be offered. */
export interface Abilities {
  readonly version: Option.Option<string>
  /** The types that the runner requests. None: every type of PeerTube's runner that its version supports. */
  readonly jobTypes: Option.Option<ReadonlyArray<string>>
  readonly labels: ReadonlyArray<string>
  readonly state: RunnerState
  readonly health: RunnerHealth
}

/** The demands of a job on its runner. */
export type JobNeeds = Pick<RunnerJob, "type" | "requirements" | "labels">

/** Why a runner cannot be offered a job. */
export type Lack = Data.TaggedEnum<{
  /** The runner does not request this type. */
  Type: { readonly type: string }
  /** The runner is older than the first release with this type. */
  Version: { readonly type: string; readonly version: string }
  /** The runner does not support this studio task, which needs the given release. */
  Task: { readonly task: string; readonly version: string }
  /** The runner does not have this label. */
  Label: { readonly label: string }
  /** The runner is paused, draining or in quarantine. */
  Resumption: { readonly state: RunnerState | "quarantined" }
}>
export const Lack = Data.taggedEnum<Lack>()

const lackOfType = (type: string, { jobTypes, version }: Abilities): Option.Option<Lack> => {
  // The list of a runner overrides its version: a custom runner may support types before the stock runner does.
  if (Option.isSome(jobTypes))
    return Arr.contains(jobTypes.value, type) ? Option.none() : Option.some(Lack.Type({ type }))
  if (!isStockType(type)) return Option.some(Lack.Type({ type }))
  return supports(type, version)
    ? Option.none()
    : Option.map(firstVersionOf(type), (first) => Lack.Version({ type, version: first }))
}

const lackOfTask = (requirements: ReadonlyArray<string>, { version }: Abilities): Option.Option<Lack> => {
  const task = requirements.find((name) => !supports(name, version))
  return Option.flatMap(Option.fromNullable(task), (name) =>
    Option.map(firstVersionOf(name), (first) => Lack.Task({ task: name, version: first }))
  )
}

const lackOfState = (
  { health, state }: Pick<Abilities, "health" | "state">,
  now: DateTime.Utc
): Option.Option<Lack> => {
  if (state !== "active") return Option.some(Lack.Resumption({ state }))
  return standingOf(health, now) === "quarantined"
    ? Option.some(Lack.Resumption({ state: "quarantined" }))
    : Option.none()
}

/** Why the job is kept from the runner, by its labels or for a time. Whether it can do the job is another question. */
export const placementLackOf = (
  job: Pick<JobNeeds, "labels">,
  runner: Pick<Abilities, "health" | "labels" | "state">,
  now: DateTime.Utc
): Option.Option<Lack> =>
  Option.orElse(
    Option.map(missingLabel(job.labels, runner.labels), (label) => Lack.Label({ label })),
    () => lackOfState(runner, now)
  )

/**
 * The first reason against offering the job to the runner. A runner that lacks a type or a task would fail the job. Of
 * two runners, the one whose reason comes later is the more suitable one.
 */
export const lackOf = (needs: JobNeeds, abilities: Abilities, now: DateTime.Utc): Option.Option<Lack> =>
  lackOfType(needs.type, abilities).pipe(
    Option.orElse(() => lackOfTask(needs.requirements, abilities)),
    Option.orElse(() => placementLackOf(needs, abilities, now))
  )

/** Whether the runner can be offered the job. */
export const canRun = (needs: JobNeeds, abilities: Abilities, now: DateTime.Utc): boolean =>
  Option.isNone(lackOf(needs, abilities, now))
