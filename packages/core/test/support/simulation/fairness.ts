import type { Course, Film } from "./model.ts"

/** The work of each tenant in a period. */
export interface Shares {
  /** How long every tenant had jobs waiting, in seconds. */
  readonly period: number
  /** Work that began in the period, for each tenant, divided by its weight. */
  readonly work: ReadonlyMap<string, number>
}

/** How the runners were shared that became free as long as every tenant had jobs waiting. */
export const sharesOf = (
  films: ReadonlyArray<Film>,
  { attempts }: Course,
  weights: Readonly<Record<string, number>> = {}
): Shares => {
  const nameOf = (film: number) => films[film]?.tenant ?? ""
  const [firsts, lasts] = [new Map<string, number>(), new Map<string, number>()]
  for (const { at, tenant = "" } of films) firsts.set(tenant, Math.min(at, firsts.get(tenant) ?? at))
  for (const { film, from } of attempts) lasts.set(nameOf(film), Math.max(from, lasts.get(nameOf(film)) ?? 0))
  const [begin, end] = [Math.max(...firsts.values()), Math.min(...lasts.values())]
  const work = new Map<string, number>()
  for (const { film, from, to, worker } of attempts) {
    if (from < begin || from >= end) continue
    const done = ((to - from) * worker.speed) / (weights[nameOf(film)] ?? 1)
    work.set(nameOf(film), (work.get(nameOf(film)) ?? 0) + done)
  }
  return { period: end - begin, work }
}

/** Jain's index: 1 when all shares are equal, 1 divided by their number when one has everything. */
export const jainIndex = (shares: ReadonlyArray<number>): number => {
  const sum = shares.reduce((total, one) => total + one, 0)
  const squares = shares.reduce((total, one) => total + one * one, 0)
  return sum ** 2 / (shares.length * squares)
}
