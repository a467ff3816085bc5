// Prints what failed in Vitest's JSON reports, and the totals as one last line, at the end of a long log.
import { existsSync, readFileSync } from "node:fs"
import { basename, relative } from "node:path"

const MESSAGE_LENGTH = 600

const reports = process.argv
  .slice(2)
  .filter(existsSync)
  .map((path) => ({ name: basename(path, ".json"), report: JSON.parse(readFileSync(path, "utf8")) }))

/** The failed tests of a file, or the file itself when it failed before its first test. */
const failuresOf = ({ assertionResults, message, name, status }) => {
  const failed = assertionResults
    .filter((test) => test.status === "failed")
    .map(({ failureMessages, fullName }) => ({ title: fullName, message: failureMessages.join("\n") }))
  const all = failed.length > 0 || status !== "failed" ? failed : [{ title: "(the file)", message }]
  return all.map((failure) => ({ file: relative(process.cwd(), name), ...failure }))
}

for (const { name, report } of reports) {
  for (const { file, message, title } of report.testResults.flatMap(failuresOf)) {
    console.log(`FAILED in ${name}: ${file} > ${title}\n${message.slice(0, MESSAGE_LENGTH)}\n`)
  }
}

const total = (count) => reports.reduce((sum, { report }) => sum + report[count], 0)

console.log(`${total("numPassedTests")} passed, ${total("numFailedTests")} failed`)
