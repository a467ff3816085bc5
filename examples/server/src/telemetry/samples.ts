import { Metric, MetricState, Option } from "effect"

/** The value of a histogram. Buckets count the values up to their bound. */
export interface Distribution {
  readonly buckets: ReadonlyArray<readonly [bound: number, count: number]>
  readonly count: number
  readonly sum: number
}

/** One time series at one moment. It can be sent between processes as JSON. */
export interface Sample {
  readonly name: string
  readonly help: string
  readonly kind: "counter" | "gauge" | "histogram"
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | Distribution
}

/** The metrics of this project. Effect's own ones are about its fibers. */
const own = /^(?:runner_connector|peertube_runner|process)_/

const valueOf = (state: MetricState.MetricState.Untyped): Pick<Sample, "kind" | "value"> | undefined => {
  if (MetricState.isCounterState(state)) return { kind: "counter", value: Number(state.count) }
  if (MetricState.isGaugeState(state)) return { kind: "gauge", value: Number(state.value) }
  if (!MetricState.isHistogramState(state)) return undefined
  const buckets = Array.from(state.buckets).filter(([bound]) => Number.isFinite(bound))
  return { kind: "histogram", value: { buckets, count: state.count, sum: state.sum } }
}

/** All metrics of this process. */
export const samplesNow = (): ReadonlyArray<Sample> =>
  Metric.unsafeSnapshot().flatMap(({ metricKey, metricState }) => {
    const found = own.test(metricKey.name) ? valueOf(metricState) : undefined
    if (found === undefined) return []
    const labels = Object.fromEntries(metricKey.tags.map(({ key, value }) => [key, value]))
    return [{ name: metricKey.name, help: Option.getOrElse(metricKey.description, () => ""), labels, ...found }]
  })

const plus = (a: Sample["value"], b: Sample["value"]): Sample["value"] => {
  if (typeof a === "number" || typeof b === "number") return Number(a) + Number(b)
  const counts = new Map(b.buckets)
  return {
    buckets: a.buckets.map(([bound, count]) => [bound, count + (counts.get(bound) ?? 0)] as const),
    count: a.count + b.count,
    sum: a.sum + b.sum
  }
}

const keyOf = ({ labels, name }: Sample): string => JSON.stringify([name, Object.entries(labels).sort()])

/** Adds up the time series of several processes. */
export const summed = (all: ReadonlyArray<Sample>): ReadonlyArray<Sample> => {
  const sums = new Map<string, Sample>()
  for (const sample of all) {
    const known = sums.get(keyOf(sample))
    sums.set(keyOf(sample), known === undefined ? sample : { ...known, value: plus(known.value, sample.value) })
  }
  return Array.from(sums.values())
}
