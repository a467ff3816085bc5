import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { PgClient } from "@effect/sql-pg"
import { Deferred, Effect, Fiber } from "effect"
import { startDatabase } from "../database.ts"
import { makeRows, type Rows } from "../rows.ts"
import { makeSituation } from "../situation.ts"
import { makeSteadyLoad, type Period, type SteadyLoad } from "../steadyLoad.ts"

/** One period of both servers. `free` is the one without, `held` the one with a held snapshot. */
export interface SnapshotResult {
  readonly seconds: number
  readonly offered: number
  readonly free: number
  readonly held: number
  /** Accepts of `held` by those of `free`. */
  readonly rate: number
  readonly freeLatency: number
  readonly heldLatency: number
  /** CPU time of the server's PostgreSQL backends for an accept and its request, in milliseconds. */
  readonly freeCpu: number
  readonly heldCpu: number
  /** What `free` needs by what `held` needs: the rate that CPU time allows. */
  readonly cpu: number
}

interface Side {
  readonly rows: Rows
  readonly load: SteadyLoad
  readonly stop: () => Promise<void>
}

/** A server with its own PostgreSQL. */
const startSide = async (folder: string, perSecond: number): Promise<Side> => {
  const database = await startDatabase(join(folder, "postgres"))
  const server = await makeSituation(folder, database).startServer()
  const rows = makeRows(database.url)
  const load = makeSteadyLoad(server.ready, rows, perSecond)
  await load.prepare()
  return {
    rows,
    load,
    stop: async () => {
      await server.stop()
      await database.stop()
    }
  }
}

/** Runs the action while another transaction sees the tables as they were, as a long `pg_dump` does. */
const withSnapshot = async <A>(rows: Rows, action: () => Promise<A>): Promise<A> => {
  const [opened, leave] = [Effect.runSync(Deferred.make<void>()), Effect.runSync(Deferred.make<void>())]
  const hold = Effect.flatMap(PgClient.PgClient, (sql) =>
    Effect.gen(function* () {
      yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`
      yield* sql`SELECT count(*) FROM runner_connector.runner_job`
      yield* Deferred.succeed(opened, undefined)
      yield* Deferred.await(leave)
    }).pipe(sql.withTransaction)
  )
  const held = Effect.runFork(Effect.promise(() => rows.run(hold)))
  await Effect.runPromise(Deferred.await(opened))
  try {
    return await action()
  } finally {
    await Effect.runPromise(Effect.zipRight(Deferred.succeed(leave, undefined), Fiber.join(held)))
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

const compare = (seconds: number, offered: number, free: Period, held: Period): SnapshotResult => {
  const [freeCpu, heldCpu] = [free.backendCpu / free.accepts, held.backendCpu / held.accepts]
  return {
    seconds: Math.round(seconds),
    offered: Math.round(offered),
    free: free.accepts,
    held: held.accepts,
    rate: rounded(held.accepts / free.accepts),
    freeLatency: free.latency,
    heldLatency: held.latency,
    freeCpu: rounded(freeCpu),
    heldCpu: rounded(heldCpu),
    cpu: rounded(freeCpu / heldCpu)
  }
}

/** Compares both loads period by period. A disturbance of the machine hits both alike. */
const compareBoth = async (free: Side, held: Side, perSecond: number, seconds: number, periods: number) => {
  const begin = performance.now()
  const end = begin + seconds * 1000
  const running = Promise.all([free.load.run(begin, end), held.load.run(begin, end)])
  const results: Array<SnapshotResult> = []
  let last = begin
  for (let period = 1; period <= periods; period++) {
    await pause(Math.max(0, begin + (period * (end - begin)) / periods - performance.now()))
    const now = performance.now()
    const offered = ((now - last) / 1000) * perSecond
    const result = compare((now - begin) / 1000, offered, free.load.period(), held.load.period())
    console.log(`${result.seconds} s: rate ${result.rate}, CPU ${result.cpu}`)
    results.push(result)
    last = now
  }
  await running
  return results
}

/**
 * Takes jobs at a constant rate from two servers with a PostgreSQL each, at the same time. One has a snapshot that is held
 * for the whole time.
 */
export const snapshot = async (
  folder: string,
  seconds: number,
  perSecond: number
): Promise<ReadonlyArray<SnapshotResult>> => {
  const free = await startSide(join(folder, "free"), perSecond)
  const held = await startSide(join(folder, "held"), perSecond)
  const periods = Math.max(1, Math.round(seconds / 60))
  try {
    return await withSnapshot(held.rows, () => compareBoth(free, held, perSecond, seconds, periods))
  } finally {
    await held.stop()
    await free.stop()
  }
}
