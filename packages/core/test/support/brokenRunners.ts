import { Effect, Option } from "effect"
import * as Media from "../../src/testing/media.ts"
import { accept, type Held, type Registered, request, succeed } from "./actions.ts"
import type { Process } from "./Process.ts"
import { resultWith } from "./results.ts"

/** What a runner does in each tick of ten seconds. */
export type Behavior = (server: Process, runner: Registered) => (tick: number) => Effect.Effect<void>

type End = (server: Process, held: Held) => Effect.Effect<unknown, unknown>

/** How many jobs a broken runner takes at once. */
const CONCURRENCY = 2

interface Way {
  /** The jobs that the runner has at once. */
  readonly concurrency: number
  /** Ticks from taking a job to its end. */
  readonly lasts: number
  readonly end: End
  /** Whether the runner reports that it works. */
  readonly reports: boolean
}

const take = (server: Process, runner: Registered) =>
  Effect.gen(function* () {
    const [first] = yield* request(server, runner)
    return first === undefined ? Option.none() : yield* Effect.option(accept(server, runner, first.id))
  }).pipe(Effect.orDie)

/** A runner that takes jobs, and ends each in the same way. */
const working =
  ({ concurrency, end, lasts, reports }: Way): Behavior =>
  (server, runner) => {
    let jobs: ReadonlyArray<{ readonly held: Held; readonly until: number }> = []
    const isDue = (tick: number) => (job: { readonly until: number }) => job.until <= tick
    return (tick) =>
      Effect.gen(function* () {
        for (const { held } of jobs.filter(isDue(tick))) yield* end(server, held)
        jobs = jobs.filter((job) => !isDue(tick)(job))
        for (const { held } of reports ? jobs : []) {
          yield* server.jobs.update({ ...held.claim, progress: Option.none(), payload: undefined })
        }
        while (jobs.length < concurrency) {
          const held = yield* take(server, runner)
          if (Option.isNone(held)) return
          jobs = [...jobs, { held: held.value, until: tick + lasts }]
        }
      }).pipe(Effect.orDie)
  }

const fail: End = (server, { claim }) => server.jobs.error({ ...claim, message: "no encoder" })
const stop: End = (server, { claim }) => server.jobs.abort({ ...claim, reason: "stopped" })
const sending =
  (media: Uint8Array): End =>
  (server, held) =>
    succeed(server, held, resultWith(server.world, held.job, media))

/** Completes each job after a minute. */
export const healthy: Behavior = working({ concurrency: 1, lasts: 6, end: succeed, reports: true })

/** A runner that fails job after job within seconds. */
const failing: Behavior = (server, runner) => () =>
  Effect.flatMap(
    take(server, runner),
    Option.match({ onNone: () => Effect.void, onSome: (held) => fail(server, held) })
  ).pipe(Effect.repeatN(1), Effect.orDie, Effect.asVoid)

/** The lease of a silent runner ends after two minutes. */
const SILENCE = 12

/** The ways in which a runner is broken. */
export const broken: Readonly<Record<string, Behavior>> = {
  "fails at once": failing,
  "fails after half a minute": working({ concurrency: CONCURRENCY, lasts: 3, end: fail, reports: true }),
  "sends garbage": working({
    ...{ concurrency: CONCURRENCY, lasts: 3, reports: true },
    end: sending(new TextEncoder().encode("garbage"))
  }),
  "sends the first second": working({
    ...{ concurrency: CONCURRENCY, lasts: 3, reports: true },
    end: sending(Media.aVideo({ seconds: 1 }))
  }),
  "falls silent": working({ concurrency: CONCURRENCY, lasts: SILENCE, end: () => Effect.void, reports: false }),
  "crashes with each job and starts again": working({
    ...{ concurrency: 1, lasts: 1, reports: false },
    end: () => Effect.void
  }),
  "gives each job back": working({ concurrency: CONCURRENCY, lasts: 3, end: stop, reports: true })
}
