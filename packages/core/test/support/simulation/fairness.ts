import type { Course, Film } from "./model.ts"

/** The work of each tenant in a period. */
export interface Shares {
  /** From the start until a tenant had no job waiting, in seconds. */
  readonly period: number
  /** Work that runners did for each tenant, divided by its weight. */
  readonly work: ReadonlyMap<string, number>
}

/** How runners were shared as long as every tenant had jobs waiting. All films arrive at the start. */
export const sharesOf = (
  films: ReadonlyArray<Film>,
  { attempts }: Course,
  weights: Readonly<Record<string, number>> = {}
): Shares => {
  const nameOf = (film: number) => films[film]?.tenant ?? ""
  const lastStarts = new Map<string, number>()
  for (const { film, from } of attempts) {
    lastStarts.set(nameOf(film), Math.max(from, lastStarts.get(nameOf(film)) ?? 0))
  }
  const period = Math.min(...lastStarts.values())
  const work = new Map<string, number>()
  for (const { film, from, to, worker } of attempts) {
    const name = nameOf(film)
    const done = Math.max(0, Math.min(to, period) - from) * worker.speed
    work.set(name, (work.get(name) ?? 0) + done / (weights[name] ?? 1))
  }
  return { period, work }
}

/** Jain's index: 1 when all shares are equal, 1 divided by their number when one has everything. */
export const jainIndex = (shares: ReadonlyArray<number>): number => {
  const sum = shares.reduce((total, one) => total + one, 0)
  const squares = shares.reduce((total, one) => total + one * one, 0)
  return sum ** 2 / (shares.length * squares)
}
