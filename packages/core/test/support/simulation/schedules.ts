import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as fc from "fast-check"
import type { Attempt, Course, Film, Worker } from "./model.ts"
import { simulate } from "./simulate.ts"

/** Films and runners of a random schedule. */
export interface Schedule {
  readonly films: ReadonlyArray<Film>
  readonly workers: ReadonlyArray<Worker>
}

const labels = fc.subarray(["gpu", "site-berlin"])

const aFilm: fc.Arbitrary<Film> = fc.record({
  at: fc.integer({ min: 0, max: 100 }),
  renditions: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 3 }),
  labels,
  priority: fc.integer({ min: -1, max: 1 })
})

const aWorker = fc
  .record({
    speed: fc.constantFrom(0.5, 1, 4),
    labels,
    drainsAt: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
    failing: fc.constantFrom("never", "always", "at first")
  })
  .map(({ drainsAt, failing, ...worker }) => ({
    ...worker,
    ...(drainsAt === undefined ? {} : { drainsAt }),
    fails: (attempt: number) => failing === "always" || (failing === "at first" && attempt < 2)
  }))

/** A runner that can do everything and never fails. Without it, some jobs would wait for ever. */
const sure: Worker = { name: "sure", speed: 1, labels: ["gpu", "site-berlin"] }

/** Schedules of up to four films and four runners, of which one is sound. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  films: fc.array(aFilm, { minLength: 1, maxLength: 4 }),
  workers: fc
    .array(aWorker, { maxLength: 3 })
    .map((others) => [...others.map((worker, place) => ({ ...worker, name: `runner ${place}` })), sure])
})

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, one) => total + one, 0)

/** The time within which a server that lets no job wait for nothing is done, in seconds. */
const boundOf = ({ films, workers }: Schedule, { attempts }: Course): number => {
  const works = films.flatMap(({ renditions }) => renditions)
  const last = Math.max(...films.map(({ at }) => at))
  const slowest = Math.min(...workers.map(({ speed }) => speed))
  // A failing attempt takes five seconds.
  return last + sum(works) / sure.speed + Math.max(...works) / slowest + 5 * attempts.length
}

const assertAllowed = ({ films }: Schedule, { film, from, worker }: Attempt) => {
  const { labels: own = [] } = worker
  for (const label of films[film]?.labels ?? []) assert.isTrue(own.includes(label))
  if (worker.drainsAt !== undefined) assert.isAtMost(from, worker.drainsAt)
}

/**
 * Runs a schedule. Asserts that no job went to a runner without its labels or to a draining one, that each job succeeded
 * once and failed at most once on each runner, and that none waited longer than all work takes on one runner.
 */
export const assertScheduled = (schedule: Schedule): Effect.Effect<void> =>
  Effect.gen(function* () {
    const course = yield* simulate(schedule.films, schedule.workers, 1_000_000)
    for (const attempt of course.attempts) assertAllowed(schedule, attempt)
    const jobs = sum(schedule.films.map(({ renditions }) => renditions.length))
    deepStrictEqual(course.states, { Completed: jobs })
    assert.strictEqual(course.attempts.filter(({ failed }) => !failed).length, jobs)
    const tries = course.attempts.map(({ job, worker }) => `${job} on ${worker.name}`)
    assert.strictEqual(new Set(tries).size, tries.length)
    assert.isAtMost(course.end, boundOf(schedule, course))
  })
