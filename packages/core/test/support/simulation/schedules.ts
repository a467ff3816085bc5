import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Array as Arr, Effect } from "effect"
import * as fc from "fast-check"
import type { Attempt, Course, Film, Sharing, Worker } from "./model.ts"
import { FAILURE, POLL, simulate } from "./simulate.ts"

/** Films and runners of a random schedule. */
export interface Schedule {
  readonly films: ReadonlyArray<Film>
  readonly workers: ReadonlyArray<Worker>
  readonly sharing: Sharing
}

const labels = fc.subarray(["gpu", "site-berlin"])

const aFilm: fc.Arbitrary<Film> = fc.record({
  at: fc.integer({ min: 0, max: 100 }),
  renditions: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 3 }),
  labels,
  priority: fc.integer({ min: -1, max: 1 }),
  tenant: fc.constantFrom("acme", "other", "new")
})

/** None, or a small number. */
const aLimit = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })

const given = (numbers: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(numbers).flatMap(([name, n]) => (n === undefined ? [] : [[name, n]])))

const aSharing: fc.Arbitrary<Sharing> = fc.record({
  tenantWeights: fc.record({ acme: fc.constantFrom(0.5, 1, 3) }),
  tenantLimits: fc.record({ acme: aLimit, "*": aLimit }).map(given),
  labelLimits: fc.record({ gpu: aLimit }).map(given)
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
  sharing: aSharing,
  films: fc.array(aFilm, { minLength: 1, maxLength: 4 }),
  workers: fc
    .array(aWorker, { maxLength: 3 })
    .map((others) => [...others.map((worker, place) => ({ ...worker, name: `runner ${place}` })), sure])
})

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, one) => total + one, 0)

/** The time within which a server that lets no job wait for nothing is done, in seconds. */
const boundOf = ({ films, sharing, workers }: Schedule, { attempts }: Course): number => {
  const works = films.flatMap(({ renditions }) => renditions)
  const last = Math.max(...films.map(({ at }) => at))
  const slowest = Math.min(...workers.map(({ speed }) => speed))
  const limits = Object.keys({ ...sharing.labelLimits, ...sharing.tenantLimits })
  // Under a limit the slowest runner may be the only one at work. Others ask again only after a minute.
  const [speed, pause] = limits.length === 0 ? [sure.speed, 0] : [slowest, POLL]
  // A failing attempt takes five seconds.
  return last + sum(works) / speed + Math.max(...works) / slowest + (FAILURE + pause) * attempts.length
}

const assertAllowed = ({ films }: Schedule, { film, from, worker }: Attempt) => {
  const { labels: own = [] } = worker
  for (const label of films[film]?.labels ?? []) assert.isTrue(own.includes(label))
  if (worker.drainsAt !== undefined) assert.isAtMost(from, worker.drainsAt)
}

/** How many of these attempts there were at once, at most. One that begins when another ends does not overlap it. */
const mostAtOnce = (attempts: ReadonlyArray<Attempt>): number => {
  const counts = attempts.map(({ from }) => attempts.filter((other) => other.from <= from && from < other.to).length)
  return Math.max(0, ...counts)
}

/** No limit may be exceeded at any moment. */
const assertWithinLimits = ({ films, sharing }: Schedule, { attempts }: Course) => {
  const { labelLimits = {}, tenantLimits = {} } = sharing
  const tenants = Arr.groupBy(attempts, ({ film }) => films[film]?.tenant ?? "")
  for (const [tenant, own] of Object.entries(tenants)) {
    assert.isAtMost(mostAtOnce(own), tenantLimits[tenant] ?? tenantLimits["*"] ?? Number.POSITIVE_INFINITY)
  }
  for (const [label, limit] of Object.entries(labelLimits)) {
    assert.isAtMost(mostAtOnce(attempts.filter(({ film }) => films[film]?.labels?.includes(label))), limit)
  }
}

/**
 * Runs a schedule. Asserts that no job went to a runner without its labels or to a draining one, that no limit was exceeded,
 * that each job succeeded once and failed at most once on each runner, and that none waited longer than all work takes on
 * one runner.
 */
export const assertScheduled = (schedule: Schedule): Effect.Effect<void> =>
  Effect.gen(function* () {
    const course = yield* simulate(schedule.films, schedule.workers, { ...schedule.sharing, limit: 1_000_000 })
    for (const attempt of course.attempts) assertAllowed(schedule, attempt)
    assertWithinLimits(schedule, course)
    const jobs = sum(schedule.films.map(({ renditions }) => renditions.length))
    deepStrictEqual(course.states, { Completed: jobs })
    assert.strictEqual(course.attempts.filter(({ failed }) => !failed).length, jobs)
    const tries = course.attempts.map(({ job, worker }) => `${job} on ${worker.name}`)
    assert.strictEqual(new Set(tries).size, tries.length)
    assert.isAtMost(course.end, boundOf(schedule, course))
  })
