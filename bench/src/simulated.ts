import type { Course, Film, Worker } from "../../packages/core/test/support/simulation/model.ts"

/** Random numbers from 0 to 1, the same for the same seed. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The number below which this share of them is. */
export const share = (numbers: ReadonlyArray<number>, part: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

/** Seconds from the arrival of each film to the end of its first or its last rendition. */
export const waits = (
  films: ReadonlyArray<Film>,
  { attempts }: Course,
  end: "first" | "last"
): ReadonlyArray<number> => {
  const ends = films.map((): Array<number> => [])
  for (const { failed, film, to } of attempts) if (!failed) ends[film]?.push(to)
  const choose = end === "first" ? Math.min : Math.max
  return films.flatMap(({ at }, place) => {
    const known = ends[place] ?? []
    return known.length === 0 ? [] : [choose(...known) - at]
  })
}

/** No schedule ends before: neither the work of all runners together, nor the last film on the fastest runner. */
export const lowerBound = (films: ReadonlyArray<Film>, workers: ReadonlyArray<Worker>): number => {
  const total = films.reduce((sum, { renditions }) => sum + renditions.reduce((work, one) => work + one, 0), 0)
  const power = workers.reduce((sum, { speed }) => sum + speed, 0)
  const fastest = workers.reduce((most, { speed }) => Math.max(most, speed), 0)
  const longest = films.reduce((most, { at, renditions }) => Math.max(most, at + Math.max(...renditions) / fastest), 0)
  return Math.max(total / power, longest)
}

/** The number of jobs that were completed by then, in seconds. */
export const completedWithin = ({ attempts }: Course, until: number): number =>
  attempts.filter(({ failed, to }) => !failed && to <= until).length
