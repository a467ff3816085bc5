import { t } from "../texts.ts"

const MOST = 10

/** The priorities to choose from: `High (1)`, `Normal (0)`, `Low (-1)`, and the other numbers from 10 to -10. */
export const priorities = Array.from({ length: 2 * MOST + 1 }, (_, index) => {
  const value = String(MOST - index)
  const name = t.jobs.urgencies[value]
  return [value, name === undefined ? value : `${name} (${value})`] as const
})
