import { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { Effect } from "effect"
import {
  type Figures,
  type JobCount,
  selectConnections,
  selectInactive,
  selectInHand,
  selectLag,
  selectRunners,
  selectWaiting
} from "./figureQueries.ts"
import { persist, repeatable } from "./persist.ts"

export type { Figures, JobCount } from "./figureQueries.ts"

/** Reads the figures by indexes, so that their cost does not depend on jobs that have ended. */
export const read: Effect.Effect<Figures, Persistence.PersistenceError, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  const [runners] = yield* selectRunners(sql)
  const waiting = yield* selectWaiting(sql)
  return {
    active: [...waiting, ...(yield* selectInHand(sql))],
    oldest: waiting.filter(({ state }) => state === "Pending").map(({ seconds, type }) => ({ seconds, type })),
    runners: runners ?? { registered: 0, online: 0, busy: 0 },
    consumers: yield* selectLag(sql),
    connections: yield* selectConnections(sql)
  }
}).pipe(persist("Figures.read", repeatable))

/**
 * Counts the jobs that have ended. Reads the whole table of jobs: about 50 milliseconds for 100,000 jobs. Call it
 * rarely, and never while somebody waits.
 */
export const readInactive: Effect.Effect<
  ReadonlyArray<JobCount>,
  Persistence.PersistenceError,
  PgClient.PgClient
> = Effect.flatMap(PgClient.PgClient, (client) => selectInactive(client.withoutTransforms())).pipe(
  persist("Figures.readInactive", repeatable)
)
