import { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { Effect } from "effect"
import {
  selectActive,
  selectConnections,
  selectInactive,
  selectLag,
  selectOldest,
  selectRunners
} from "./figureQueries.ts"
import { persist } from "./persist.ts"

/** Jobs of one type in one state. */
export interface JobCount {
  readonly type: string
  readonly state: string
  readonly jobs: number
}

/** Figures of the database that change with every job. */
export interface Figures {
  /** The jobs that are Pending, Processing or Completing. At most a million of a type are counted. */
  readonly active: ReadonlyArray<JobCount>
  /** Seconds since the creation of the oldest pending job of each type. */
  readonly oldest: ReadonlyArray<{ readonly type: string; readonly seconds: number }>
  readonly runners: { readonly registered: number; readonly online: number; readonly busy: number }
  /** Seconds since the oldest event that a consumer has not processed, and the events that it gave up. */
  readonly consumers: ReadonlyArray<{ readonly name: string; readonly lag: number; readonly givenUp: number }>
  /** Connections to this database by their state in `pg_stat_activity`, of all its clients with the same user. */
  readonly connections: ReadonlyArray<{ readonly state: string; readonly count: number }>
}

/** Reads the figures by indexes, so that their cost does not depend on jobs that have ended. */
export const read: Effect.Effect<Figures, Persistence.PersistenceError, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  const [runners] = yield* selectRunners(sql)
  return {
    active: yield* selectActive(sql),
    oldest: yield* selectOldest(sql),
    runners: runners ?? { registered: 0, online: 0, busy: 0 },
    consumers: yield* selectLag(sql),
    connections: yield* selectConnections(sql)
  }
}).pipe(persist("Figures.read", { repeatable: true }))

/**
 * Counts the jobs in every other state. Reads the whole table of jobs: about 50 milliseconds for 100,000 jobs. Call it
 * rarely, and never while somebody waits.
 */
export const readInactive: Effect.Effect<
  ReadonlyArray<JobCount>,
  Persistence.PersistenceError,
  PgClient.PgClient
> = Effect.flatMap(PgClient.PgClient, (client) => selectInactive(client.withoutTransforms())).pipe(
  persist("Figures.readInactive", { repeatable: true })
)
