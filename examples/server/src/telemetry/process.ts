import { shared } from "./JobFigures.ts"
import { type Sample, samplesNow, summed } from "./samples.ts"

const gauge = (name: string, help: string, value: number): Sample => ({ name, help, kind: "gauge", labels: {}, value })

const processSamples = (): ReadonlyArray<Sample> => {
  const { system, user } = process.cpuUsage()
  const cpu = gauge("process_cpu_seconds_total", "CPU time of the server's processes.", (user + system) / 1e6)
  return [
    { ...cpu, kind: "counter" },
    gauge("process_resident_memory_bytes", "Memory of the server's processes.", process.memoryUsage.rss())
  ]
}

/** The metrics of this process. */
export const ownMetrics = (): ReadonlyArray<Sample> => [...samplesNow(), ...processSamples()]

/** The metrics of this process and of others. Those of the database are the same everywhere, and count once. */
export const merged = (own: ReadonlyArray<Sample>, others: ReadonlyArray<Sample>): ReadonlyArray<Sample> =>
  summed([...own, ...others.filter(({ name }) => !shared.has(name))])
