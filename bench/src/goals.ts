/** A measured goal. */
export interface GoalResult {
  readonly suite: string
  readonly what: string
  readonly goal: string
  readonly met: boolean
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const nameOf = ({ call, jobs, what }: Readonly<Record<string, unknown>>): string =>
  String(call ?? what ?? (jobs === undefined ? "" : `${jobs} jobs`))

const goalsIn = (suite: string, value: unknown): ReadonlyArray<GoalResult> => {
  if (Array.isArray(value)) return value.flatMap((one) => goalsIn(suite, one))
  if (!isRecord(value)) return []
  const inside = Object.values(value).flatMap((one) => goalsIn(suite, one))
  if (typeof value.met !== "boolean") return inside
  return [...inside, { suite, what: nameOf(value), goal: String(value.goal ?? ""), met: value.met }]
}

/** All goals of a run, by suite. */
export const goalsOf = (results: Readonly<Record<string, unknown>>): ReadonlyArray<GoalResult> =>
  Object.entries(results).flatMap(([suite, result]) => goalsIn(suite, result))
