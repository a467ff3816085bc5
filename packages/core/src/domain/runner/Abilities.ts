import { Array as Arr, Data, Option } from "effect"
import type { RunnerJob } from "../job/RunnerJob.ts"
import { firstVersionOf, isStockType, supports } from "./RunnerVersions.ts"

/** The facts that decide which jobs a runner can be offered. */
export interface Abilities {
  readonly version: Option.Option<string>
  /** The types that the runner requests; none: every type of PeerTube's runner that its version supports. */
  readonly jobTypes: Option.Option<ReadonlyArray<string>>
}

/** The demands of a job on its runner. */
export type JobNeeds = Pick<RunnerJob, "type" | "requirements">

/** Why a runner cannot be offered a job. */
export type Lack = Data.TaggedEnum<{
  /** The runner does not request this type. */
  Type: { readonly type: string }
  /** The runner is older than the first release with this type. */
  Version: { readonly type: string; readonly version: string }
  /** The runner does not support this studio task, which needs the given release. */
  Task: { readonly task: string; readonly version: string }
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

/** The first reason against offering the job to the runner. A runner that lacks a type or a task fails the job. */
export const lackOf = ({ requirements, type }: JobNeeds, abilities: Abilities): Option.Option<Lack> =>
  Option.orElse(lackOfType(type, abilities), () => lackOfTask(requirements, abilities))

/** Whether the runner can be offered the job. */
export const canRun = (needs: JobNeeds, abilities: Abilities): boolean => Option.isNone(lackOf(needs, abilities))
