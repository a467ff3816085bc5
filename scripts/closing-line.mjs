// Prints the totals of Vitest's JSON reports as one line at the end of a long log.
import { existsSync, readFileSync } from "node:fs"

const reports = process.argv
  .slice(2)
  .filter(existsSync)
  .map((path) => JSON.parse(readFileSync(path, "utf8")))
const total = (count) => reports.reduce((sum, report) => sum + report[count], 0)

console.log(`${total("numPassedTests")} passed, ${total("numFailedTests")} failed`)
