import { readFileSync, writeFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import { jobStateTable } from "./jobStateTable.ts"

const page = new URL("../../../../../docs/job-states.md", import.meta.url)
const marked = /(<!-- table -->\n)[\s\S]*(<!-- \/table -->)/

it("the table in docs/job-states.md is the machine's (UPDATE_DOCS=1 writes it anew)", () => {
  const printed = readFileSync(page, "utf8")
  const made = printed.replace(marked, (_, open: string, close: string) => `${open}${jobStateTable()}\n${close}`)
  if (process.env.UPDATE_DOCS === "1") writeFileSync(page, made)
  expect(printed).toMatch(marked)
  expect(readFileSync(page, "utf8")).toBe(made)
})
