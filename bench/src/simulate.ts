import { Effect } from "effect"
import { jainIndex, sharesOf } from "../../packages/core/test/support/simulation/fairness.ts"
import type { Course, Film, Worker } from "../../packages/core/test/support/simulation/model.ts"
import { simulate } from "../../packages/core/test/support/simulation/simulate.ts"
import { readArguments, wholeNumber } from "./commandLine.ts"
import { completedWithin, lowerBound, randomOf, share, waits } from "./simulated.ts"

/** The part of its throughput that a fleet must keep with a broken runner in it. */
const GOAL = 0.95

const help = `Runs the scheduler with simulated runners and prints waiting times, fairness and makespan.

  --runners NUMBER  runners of the fleet (200)
  --films NUMBER    films of the fleet, each with four renditions (750)
  --seed NUMBER     other speeds, lengths and failures (1)
  --help            prints this text

It ends with 1 when Jain's index is below 0.95, or when a broken runner costs more than 5 % of the throughput or a job.`

const { values } = readArguments(help, {
  options: {
    runners: { type: "string", default: "200" },
    films: { type: "string", default: "750" },
    seed: { type: "string", default: "1" }
  }
})

const given = {
  runners: wholeNumber("runners", values.runners),
  films: wholeNumber("films", values.films),
  seed: wholeNumber("seed", values.seed)
}

const print = (title: string, facts: Readonly<Record<string, string | number>>) => {
  console.log(`\n${title}`)
  for (const [name, value] of Object.entries(facts)) console.log(`  ${name.padEnd(44)} ${value}`)
}

const seconds = (value: number): string => `${value.toFixed(0)} s`

/** The median and the 95th of a hundred waits until the first rendition of a film. */
const waitOf = (films: ReadonlyArray<Film>, course: Course, tenant: string): string => {
  const own = waits(films, course, "first").filter((_, place) => films[place]?.tenant === tenant)
  return `${seconds(share(own, 0.5))}, ${seconds(share(own, 0.95))}`
}

/** Why the makespan is longer than the bound: the last jobs, and the runners that had them. */
const endOf = ({ attempts, end }: Course, bound: number): Readonly<Record<string, string>> => {
  const ends = attempts.map(({ to }) => to)
  const [last] = attempts.toSorted((a, b) => b.to - a.to)
  if (last === undefined) return {}
  const late = attempts.filter(({ to }) => to > bound)
  const speed = late.reduce((sum, { worker }) => sum + worker.speed, 0) / Math.max(1, late.length)
  return {
    "99 % of the jobs had ended after, ratio": `${seconds(share(ends, 0.99))}, ${(share(ends, 0.99) / bound).toFixed(2)}`,
    "last job: began, took, speed of its runner": `${seconds(last.from)}, ${seconds(end - last.from)}, ${last.worker.speed.toFixed(2)}`,
    "jobs behind the bound, mean speed": `${late.length}, ${speed.toFixed(2)}`
  }
}

/** Runners of different speeds and films that arrive within an hour; one attempt in fifty fails. */
const fleet = Effect.gen(function* () {
  const random = randomOf(given.seed)
  const workers = Array.from({ length: given.runners }, (_, n): Worker => {
    const speed = 0.25 * 2 ** (random() * 4)
    return { name: `runner ${n}`, speed, fails: () => random() < 0.02 }
  })
  const films = Array.from({ length: given.films }, () => {
    const length = 60 + random() * 540
    return { at: Math.floor(random() * 3600), renditions: [0.3, 0.6, 1, 2].map((cost) => Math.ceil(cost * length)) }
  })
  const course = yield* simulate(films, workers)
  const [playable, complete] = [waits(films, course, "first"), waits(films, course, "last")]
  const bound = lowerBound(films, workers)
  print(`${workers.length} runners of speed 0.25 to 4, ${films.length} films of 4 renditions`, {
    "jobs by state": JSON.stringify(course.states),
    "attempts, failed attempts": `${course.attempts.length}, ${course.attempts.filter(({ failed }) => failed).length}`,
    "wait until playable, median and 95th": `${seconds(share(playable, 0.5))}, ${seconds(share(playable, 0.95))}`,
    "wait until complete, median and 95th": `${seconds(share(complete, 0.5))}, ${seconds(share(complete, 0.95))}`,
    "makespan, lower bound, ratio": `${seconds(course.end)}, ${seconds(bound)}, ${(course.end / bound).toFixed(2)}`,
    ...endOf(course, bound)
  })
})

/** Ten runners, of which one fails every attempt, against the nine others alone. */
const broken = Effect.gen(function* () {
  const healthy = Array.from({ length: 9 }, (_, n): Worker => ({ name: `healthy ${n}`, speed: 1 }))
  const films = Array.from({ length: 120 }, () => ({ at: 0, renditions: [60, 60, 60] }))
  const without = yield* simulate(films, healthy)
  const course = yield* simulate(films, [{ name: "broken", speed: 1, fails: () => true }, ...healthy])
  const kept = completedWithin(course, without.end / 2) / completedWithin(without, without.end / 2)
  const errored = course.states.Errored ?? 0
  print("one broken runner among ten", {
    "throughput kept (goal: 95 %)": `${(100 * kept).toFixed(1)} %`,
    "makespan with and without it": `${seconds(course.end)}, ${seconds(without.end)}`,
    "attempts of the broken runner": course.attempts.filter(({ failed }) => failed).length,
    "in quarantine at the end": course.quarantined.join(", ") || "none",
    "jobs Errored (goal: 0)": errored
  })
  if (kept < GOAL || errored > 0) process.exitCode = 1
})

/** The goal for the sharing of runners. */
const FAIR = 0.95

/** Ten tenants, of which one submits a thousand films before the nine others, and one has twice the weight. */
const tenants = Effect.gen(function* () {
  const random = randomOf(given.seed)
  const workers = Array.from(
    { length: 100 },
    (_, n): Worker => ({ name: `runner ${n}`, speed: 0.5 * 2 ** (random() * 2) })
  )
  // One rendition each, so that a thousand films take a minute and not ten.
  const filmsOf = (tenant: string, count: number, at: number): ReadonlyArray<Film> =>
    Array.from({ length: count }, () => ({ tenant, at, renditions: [Math.ceil(60 + random() * 540)] }))
  const names = Array.from({ length: 9 }, (_, n) => `tenant ${n + 1}`)
  const films = [
    ...filmsOf("a thousand films", 1000, 0),
    ...names.flatMap((name) => filmsOf(name, name === "tenant 1" ? 120 : 60, 1))
  ]
  const tenantWeights = { "tenant 1": 2 }
  const course = yield* simulate(films, workers, { tenantWeights })
  const { period, work } = sharesOf(films, course, tenantWeights)
  const index = jainIndex([...work.values()])
  const mean = [...work.values()].reduce((sum, one) => sum + one, 0) / work.size
  const rows = [...work.keys()].sort().map((name) => {
    const share = `${((100 * (work.get(name) ?? 0)) / mean).toFixed(0)} %`
    return [
      `${name}: share by weight, wait until playable`,
      `${share.padEnd(6)} ${waitOf(films, course, name)}`
    ] as const
  })
  print(`${workers.length} runners and ten tenants, one with a thousand films, tenant 1 with twice the weight`, {
    ...Object.fromEntries(rows),
    "every tenant had jobs waiting for": seconds(period),
    "Jain's index (goal: 0.95)": index.toFixed(3)
  })
  if (index < FAIR) process.exitCode = 1
})

await Effect.runPromise(Effect.all([fleet, tenants, broken], { discard: true }))
