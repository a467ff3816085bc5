import { PgClient } from "@effect/sql-pg"
import { Persistence } from "@runner-connector/core"
import { Cause, Chunk, Clock, Duration, Effect, Layer, Queue, Schedule } from "effect"

/** What the driver and PostgreSQL report while the database is away. */
const away =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|57P0[123]|53300|Failed to acquire|terminat|timeout/i

const reasonOf = ({ cause }: Persistence.PersistenceError): string =>
  cause instanceof Error ? cause.message : String(cause)

/** Why the database is away, if this cause says so. */
export const outageIn = (cause: Cause.Cause<unknown>): string | undefined => {
  const errors = [...Chunk.toReadonlyArray(Cause.failures(cause)), ...Chunk.toReadonlyArray(Cause.defects(cause))]
  return errors
    .filter((error) => error instanceof Persistence.PersistenceError)
    .map(reasonOf)
    .find((reason) => away.test(reason))
}

/** Whether the database is away, for the logger of this process. */
export class Outage {
  private readonly reports: Queue.Queue<string>
  /** Whether somebody logs the sentence. Until then the logger drops nothing. */
  isWatched = false

  constructor() {
    this.reports = Effect.runSync(Queue.sliding<string>(1))
  }

  /** Begins an outage. */
  readonly report = (reason: string): void => void this.reports.unsafeOffer(reason)

  readonly next: Effect.Effect<string> = Effect.suspend(() => Queue.take(this.reports))

  /** Forgets reports of an outage that is over. */
  readonly clear: Effect.Effect<void> = Effect.suspend(() => Effect.asVoid(Queue.takeAll(this.reports)))
}

const PAUSE = "1 second"

const watch = (outage: Outage) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const reason = yield* outage.next
    const since = yield* Clock.currentTimeMillis
    yield* Effect.logWarning(`The database does not answer (${reason}). Requests get 503 and work waits until it does`)
    yield* Effect.retry(sql`SELECT 1`, Schedule.spaced(PAUSE)).pipe(Effect.catchAllCause(() => Effect.void))
    yield* outage.clear
    const away = Duration.seconds(Math.round(((yield* Clock.currentTimeMillis) - since) / 1000))
    yield* Effect.logInfo(`The database answers again after ${Duration.format(away)}`)
  })

/** Logs one sentence when the database goes away and one when it is back, in place of an entry for each failed call. */
export const layer = (outage: Outage): Layer.Layer<never, never, PgClient.PgClient> =>
  Layer.scopedDiscard(
    Effect.acquireRelease(
      Effect.sync(() => {
        outage.isWatched = true
      }),
      () =>
        Effect.sync(() => {
          outage.isWatched = false
        })
    ).pipe(Effect.zipRight(Effect.forkScoped(Effect.forever(watch(outage)))))
  )
