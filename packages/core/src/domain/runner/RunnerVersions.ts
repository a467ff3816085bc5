import { Array as Arr, Option, Order } from "effect"

interface Version {
  readonly numbers: ReadonlyArray<number>
  /** alpha, beta, release candidate, release. */
  readonly stage: 0 | 1 | 2 | 3
  /** Which of its stage. */
  readonly attempt: number
}

const stages: Readonly<Record<string, Version["stage"]>> = { alpha: 0, beta: 1, rc: 2 }

const parse = (text: string): Option.Option<Version> => {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-(rc|alpha|beta)\.(\d+))?$/.exec(text)
  return Option.map(Option.fromNullable(match), ([, major, minor, patch, stage, attempt]) => ({
    numbers: [major, minor, patch].map(Number),
    stage: stages[stage ?? ""] ?? 3,
    attempt: Number(attempt ?? 0)
  }))
}

const byVersion: Order.Order<Version> = Order.combineAll([
  Order.mapInput(Order.array(Order.number), ({ numbers }: Version) => numbers),
  Order.mapInput(Order.number, ({ stage }: Version) => stage),
  Order.mapInput(Order.number, ({ attempt }: Version) => attempt)
])

/**
 * Older versions of runners before newer ones: alpha, beta and release candidates, in this order, come before the
 * release they lead to. What is no version comes before all versions.
 */
export const byRunnerVersion: Order.Order<string> = Order.mapInput(Option.getOrder(byVersion), parse)

/** The first release that knows a job type, for those that not every runner knows. */
const firstVersions: Readonly<Record<string, string>> = { "generate-video-storyboard": "0.3.0" }

/**
 * Whether a runner can be offered a job of this type. Runners that know nothing of a type may take such a job and never
 * be heard of again, so a runner that does not say its version counts as older than any. A runner that says which types
 * it takes is believed, both ways.
 */
export const canRun = (
  type: string,
  version: Option.Option<string>,
  jobTypes: Option.Option<ReadonlyArray<string>>
): boolean => {
  if (Option.isSome(jobTypes)) return Arr.contains(jobTypes.value, type)
  const first = Object.hasOwn(firstVersions, type) ? firstVersions[type] : undefined
  return (
    first === undefined || Option.exists(version, (known) => Order.greaterThanOrEqualTo(byRunnerVersion)(known, first))
  )
}
