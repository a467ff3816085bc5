import { Array as Arr, Option, Order } from "effect"

interface Version {
  readonly numbers: ReadonlyArray<number>
  /** alpha, beta, release candidate, release. */
  readonly stage: 0 | 1 | 2 | 3
  /** The number within its stage. */
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
 * Orders versions of runners. Alpha, beta and release candidates come before their release. Text that is not a version
 * comes first.
 */
export const byRunnerVersion: Order.Order<string> = Order.mapInput(Option.getOrder(byVersion), parse)

/** The first release that supports a job type, for types that not every runner supports. */
const firstVersions: Readonly<Record<string, string>> = { "generate-video-storyboard": "0.3.0" }

/**
 * Whether a runner can be offered a job of this type. Runners may accept a type that they do not know and then hang. A
 * runner without a version therefore counts as older than any. Types that a runner names itself are trusted.
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
