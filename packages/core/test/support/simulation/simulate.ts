import { Effect, Option } from "effect"
import type { JobId } from "../../../src/domain/Ids.ts"
import { isTerminal, type JobState } from "../../../src/domain/job/RunnerJob.ts"
import { turn } from "../time.ts"
import { type Agenda, makeAgenda } from "./agenda.ts"
import { makeClock, type SettableClock } from "./clock.ts"
import { FilmJob } from "./FilmJob.ts"
import type { Attempt, Course, Film, Sharing, Worker } from "./model.ts"
import { makeServer, type Server } from "./server.ts"

/** Seconds after which an idle runner asks again. New and failed jobs wake it earlier. */
export const POLL = 60
/** Seconds between two rounds of upkeep. */
const ROUND = 300
/** Turns of the event loop after which a result that is not stored never will be. */
const MAX_TURNS = 10_000
/** Seconds until a failing attempt fails. */
export const FAILURE = 5

interface Scene {
  readonly server: Server
  readonly agenda: Agenda
  readonly attempts: Array<Attempt>
  /** Lets every runner ask. */
  wake: Effect.Effect<void>
  /** The film and the rendition of each job. */
  readonly known: Map<JobId, readonly [film: number, rendition: number]>
  /** Seconds from the start. */
  readonly time: () => number
  readonly isOver: () => boolean
}

type Hired = Effect.Effect.Success<ReturnType<Server["enroll"]>>

const workOf = (payload: unknown): number => (payload as { readonly work: number }).work

/** The end of an attempt, until the server has stored its outcome. */
const finish = ({ server }: Scene, claim: Parameters<Server["jobs"]["success"]>[0], failed: boolean) =>
  Effect.gen(function* () {
    if (failed) return yield* server.jobs.error({ ...claim, message: "no encoder" })
    yield* server.jobs.success(claim)
    const isStored = () => server.world.state.jobs.get(claim.id)?.state !== "Completing"
    for (let turns = 0; !isStored(); turns += 1) {
      if (turns > MAX_TURNS) return yield* Effect.dieMessage(`The result of ${claim.id} was not stored`)
      yield* turn
    }
  }).pipe(Effect.orDie)

/** A runner at work: takes the first job that it is shown, ends it, and asks again. */
const makeWork = (scene: Scene, worker: Worker, { runnerToken }: Hired) => {
  const { agenda, attempts, known, server, time } = scene
  const state = { count: 0, isBusy: false, isWaiting: false }
  const take = Effect.gen(function* () {
    const [first] = yield* server.jobs.request({
      runnerToken,
      jobTypes: Option.some([FilmJob.name]),
      caller: server.caller
    })
    return first === undefined
      ? Option.none()
      : yield* Effect.option(server.jobs.accept({ id: first.id, runnerToken, caller: server.caller }))
  }).pipe(Effect.orDie)

  const later = (seconds: number) => {
    if (state.isWaiting || scene.isOver()) return
    state.isWaiting = true
    agenda.add(
      time() + seconds,
      Effect.suspend(() => {
        state.isWaiting = false
        return ask
      })
    )
  }

  const ask: Effect.Effect<void> = Effect.gen(function* () {
    if (state.isBusy) return
    const taken = yield* take
    if (Option.isNone(taken)) return later(POLL)
    const { job, jobToken } = taken.value
    const failed = worker.fails?.(state.count) ?? false
    const [from, to] = [time(), time() + (failed ? FAILURE : workOf(job.payload) / worker.speed)]
    state.count += 1
    state.isBusy = true
    const claim = { id: job.id, runnerToken, jobToken, caller: server.caller, payload: {}, release: Effect.void }
    const [film = -1, rendition = -1] = known.get(job.id) ?? []
    attempts.push({ job: job.id, film, rendition, worker, from, to, failed })
    const end = Effect.sync(() => {
      state.isBusy = false
    })
    const next = Effect.suspend(() => (failed ? scene.wake : ask))
    agenda.add(to, finish(scene, claim, failed).pipe(Effect.zipRight(end), Effect.zipRight(next)))
  })
  return ask
}

/** Hires the runners, and drains those that end early. */
const hire = (scene: Scene, workers: ReadonlyArray<Worker>) =>
  Effect.forEach(workers, (worker) =>
    Effect.map(scene.server.enroll(worker), (hired) => {
      const drain = scene.server.runners.update(hired.id, { state: "draining" })
      if (worker.drainsAt !== undefined) scene.agenda.add(worker.drainsAt, Effect.asVoid(Effect.orDie(drain)))
      return makeWork(scene, worker, hired)
    })
  )

/** Adds each film at its time, and wakes the runners. */
const plan = (scene: Scene, films: ReadonlyArray<Film>, asks: ReadonlyArray<Effect.Effect<void>>) => {
  scene.wake = Effect.forEach(asks, (ask) => ask, { discard: true })
  for (const [place, film] of films.entries()) {
    const arrive = Effect.gen(function* () {
      const ids = yield* scene.server.takeIn(film)
      for (const [rendition, id] of ids.entries()) scene.known.set(id, [place, rendition])
      yield* scene.wake
    })
    scene.agenda.add(film.at, arrive)
  }
  const upkeep: Effect.Effect<void> = Effect.gen(function* () {
    yield* scene.server.upkeep
    if (!scene.isOver()) scene.agenda.add(scene.time() + ROUND, upkeep)
  })
  scene.agenda.add(ROUND, upkeep)
}

interface Options extends Sharing {
  /** In seconds. */
  readonly limit?: number
}

const makeScene = (clock: SettableClock, films: ReadonlyArray<Film>, { limit = 10_000_000, ...sharing }: Options) =>
  Effect.map(makeServer(sharing), (server): Scene => {
    const start = clock.now
    const known: Scene["known"] = new Map()
    const time = () => (clock.now - start) / 1000
    const total = films.reduce((sum, { renditions }) => sum + renditions.length, 0)
    const isOver = () =>
      time() > limit || (known.size === total && Array.from(server.world.state.jobs.values()).every(isTerminal))
    return { server, agenda: makeAgenda(), attempts: [], wake: Effect.void, known, time, isOver }
  })

const courseOf = ({ attempts, server, time }: Scene): Course => {
  const states: Partial<Record<JobState, number>> = {}
  for (const { state } of server.world.state.jobs.values()) states[state] = (states[state] ?? 0) + 1
  const runners = Array.from(server.world.state.runners.values())
  const quarantined = runners.filter(({ health }) => Option.isSome(health.quarantine)).map(({ name }) => name)
  const end = attempts.reduce((latest, { to }) => Math.max(latest, to), 0)
  return { attempts, end: Math.min(end, time()), states, quarantined }
}

/**
 * Runs films through the use cases of the connector, with stores in memory and a clock that jumps from event to event. Ends
 * when every job has ended, or after `limit` seconds of simulated time.
 */
export const simulate = (
  films: ReadonlyArray<Film>,
  workers: ReadonlyArray<Worker>,
  options: Options = {}
): Effect.Effect<Course> => {
  const clock = makeClock()
  const start = clock.now
  return Effect.gen(function* () {
    const scene = yield* makeScene(clock, films, options)
    plan(scene, films, yield* hire(scene, workers))
    while (!scene.isOver()) {
      const event = scene.agenda.next()
      if (event === undefined) break
      clock.now = Math.max(clock.now, start + Math.round(event.at * 1000))
      yield* event.act
    }
    return courseOf(scene)
  }).pipe(Effect.scoped, clock.run)
}
