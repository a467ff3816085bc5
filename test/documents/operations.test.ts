import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "./blocks.ts"

const read = (name: string): string => readFileSync(join(root, "docs/operations", name), "utf8")

/** Names in the table of metrics. test/e2e/metrics.long.test.ts compares the table with the answer of a server. */
const documented = [...read("index.md").matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names]) =>
  [...String(names).matchAll(/`(\w+)`/g)].map(([, name]) => String(name))
)

const used = (text: string): ReadonlyArray<string> => [
  ...new Set(
    [...text.matchAll(/\b(?:runner_connector|peertube_runner|process)_\w+/g)].map(([name]) =>
      name.replace(/_bucket$/, "")
    )
  )
]

it("the dashboard and the alerts use only metrics that are documented", () => {
  const dashboard = read("grafana-dashboard.json")
  JSON.parse(dashboard)
  const names = used(dashboard + read("alerts.yml"))
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !documented.includes(name))).toEqual([])
})

it("every alert has its paragraph in the runbook, and the reverse", () => {
  const alerts = [...read("alerts.yml").matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name)
  const paragraphs = [...read("index.md").matchAll(/^### (\w+)\n\n\S.+/gm)].map(([, name]) => name)
  expect(alerts.length).toBeGreaterThan(8)
  expect(paragraphs).toEqual(alerts)
})
