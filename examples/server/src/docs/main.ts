import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describedSettings } from "@runner-connector/cli/installation"
import { config } from "../variables.ts"
import { fillTables } from "./settingTables.ts"

const file = fileURLToPath(new URL("../../../../docs/configuration.md", import.meta.url))

/** Writes the tables of docs/configuration.md. With `--check` it only compares them, and fails when they differ. */
const run = (checks: boolean): ReadonlyArray<string> => {
  const present = readFileSync(file, "utf8")
  const { problems, text } = fillTables(present, describedSettings(config))
  if (problems.length > 0 || text === present) return problems
  if (checks) return ["docs/configuration.md differs from the settings. Run `npm run docs:configuration`."]
  writeFileSync(file, text)
  return []
}

const problems = run(process.argv.includes("--check"))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
