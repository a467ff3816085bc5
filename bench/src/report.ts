import { cpus, loadavg, totalmem } from "node:os"

/** Hardware and software of the measurement, without which the numbers cannot be compared. */
export const machine = () => ({
  node: process.version,
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  /** Running and waiting processes, on average over 1, 5 and 15 minutes. The benchmark itself is part of it. */
  load: loadavg().map((one) => Math.round(one * 10) / 10)
})

/** Prints rows of numbers as a table with a title. */
export const printTable = (title: string, rows: ReadonlyArray<object>): void => {
  console.log(`\n${title}`)
  console.table(rows)
}
