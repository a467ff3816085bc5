import { cpus, totalmem } from "node:os"

/** What the numbers were measured on: without it they say nothing. */
export const machine = () => ({
  node: process.version,
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3)
})

/** Rows of numbers under their names, for people. */
export const printTable = (title: string, rows: ReadonlyArray<object>): void => {
  console.log(`\n${title}`)
  console.table(rows)
}
