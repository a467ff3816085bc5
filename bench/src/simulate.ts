import { parseArgs } from "node:util"
import { Effect } from "effect"
import type { Worker } from "../../packages/core/test/support/simulation/model.ts"
import { simulate } from "../../packages/core/test/support/simulation/simulate.ts"
import { completedWithin, lowerBound, randomOf, share, waits } from "./simulated.ts"

/** The part of its throughput that a fleet must keep with a broken runner in it. */
const GOAL = 0.95

const { values } = parseArgs({
  options: {
    runners: { type: "string", default: "200" },
    films: { type: "string", default: "750" },
    seed: { type: "string", default: "1" }
  }
})

const numberOf = (name: keyof typeof values): number => {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name}: expected a whole number from 1 on`)
  return number
}

const print = (title: string, facts: Readonly<Record<string, string | number>>) => {
  console.log(`\n${title}`)
  for (const [name, value] of Object.entries(facts)) console.log(`  ${name.padEnd(44)} ${value}`)
}

const seconds = (value: number): string => `${value.toFixed(0)} s`

/** Runners of different speeds and films that arrive within an hour; one attempt in fifty fails. */
const fleet = Effect.gen(function* () {
  const random = randomOf(numberOf("seed"))
  const workers = Array.from({ length: numberOf("runners") }, (_, n): Worker => {
    const speed = 0.25 * 2 ** (random() * 4)
    return { name: `runner ${n}`, speed, fails: () => random() < 0.02 }
  })
  const films = Array.from({ length: numberOf("films") }, () => {
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
    "makespan, lower bound, ratio": `${seconds(course.end)}, ${seconds(bound)}, ${(course.end / bound).toFixed(2)}`
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

await Effect.runPromise(Effect.zipRight(fleet, broken))
