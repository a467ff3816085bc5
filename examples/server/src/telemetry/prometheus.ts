import type { Distribution, Sample } from "./samples.ts"

/** The media type of the text format, version 0.0.4. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

const escapeHelp = (text: string): string => text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")

const escapeLabel = (text: string): string => escapeHelp(text).replace(/"/g, '\\"')

const line = (name: string, labels: Readonly<Record<string, string>>, value: number): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`
}

const histogram = (name: string, labels: Sample["labels"], { buckets, count, sum }: Distribution) => [
  ...buckets.map(([le, below]) => line(`${name}_bucket`, { ...labels, le: String(le) }, below)),
  line(`${name}_bucket`, { ...labels, le: "+Inf" }, count),
  line(`${name}_sum`, labels, sum),
  line(`${name}_count`, labels, count)
]

const linesOf = ({ labels, name, value }: Sample): ReadonlyArray<string> =>
  typeof value === "number" ? [line(name, labels, value)] : histogram(name, labels, value)

/** The samples in the text format of Prometheus, sorted by name. */
export const prometheusText = (samples: ReadonlyArray<Sample>): string => {
  const byName = new Map<string, Array<Sample>>()
  for (const sample of samples) {
    const same = byName.get(sample.name)
    if (same === undefined) byName.set(sample.name, [sample])
    else same.push(sample)
  }
  const blocks = [...byName.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, same]) => {
      const { help = "", kind = "gauge" } = same[0] ?? {}
      return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`, ...same.flatMap(linesOf)]
    })
  return `${blocks.flat().join("\n")}\n`
}
