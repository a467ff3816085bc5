import { PgClient } from "@effect/sql-pg"
import { type Ids, PresenceStore, runnerEvent, spanned } from "@runner-connector/core"
import { DateTime, Effect, Layer } from "effect"
import { insertEvents, makeThenWake } from "./eventQueries.ts"
import { persist, repeatable } from "./persist.ts"

/** The advisory lock under which one report at a time is judged. */
const PRESENCE_LOCK = 7_225_031_996

interface Changed {
  readonly id: Ids.RunnerId
  readonly name: string
  readonly online: boolean
}

/** Turns the runners whose presence has changed, and returns them. */
const turn = (sql: PgClient.PgClient, { at, contactSince, mayGoOffline }: PresenceStore.PresenceReport) =>
  sql<Changed>`UPDATE runner_connector.runner SET online = NOT online, online_since = CASE WHEN NOT online THEN ${DateTime.formatIso(at)}::timestamptz END
    WHERE (${mayGoOffline} OR NOT online)
      AND online <> (
        last_contact >= ${DateTime.formatIso(contactSince)}
        OR id IN (SELECT unnest(report.runners) FROM runner_connector.presence_report report)
      )
    RETURNING id, name, online`

/** Reports in the table `runner_connector.presence_report`. Does not create the table. */
export const make: Effect.Effect<PresenceStore.PresenceStore["Type"], never, PgClient.PgClient> = Effect.gen(
  function* () {
    const sql = (yield* PgClient.PgClient).withoutTransforms()
    const thenWake = yield* makeThenWake

    const write = (report: PresenceStore.PresenceReport) =>
      Effect.gen(function* () {
        const { at, reportedSince, runners, server } = report
        // Before the rows, because a report may remove the row of another one that waits for the lock.
        yield* sql`SELECT pg_advisory_xact_lock(${PRESENCE_LOCK}::bigint)`
        yield* sql`DELETE FROM runner_connector.presence_report WHERE reported_at < ${DateTime.formatIso(reportedSince)}`
        yield* sql`INSERT INTO runner_connector.presence_report (server, runners, reported_at)
          VALUES (${server}, ${runners}::integer[], ${DateTime.formatIso(at)})
          ON CONFLICT (server) DO UPDATE SET runners = excluded.runners, reported_at = excluded.reported_at`
        const changed = yield* turn(sql, report)
        const events = changed.map((one) => runnerEvent(one.online ? "runner.online" : "runner.offline", one, at))
        yield* insertEvents(sql, events)
        const removed = yield* sql<{
          readonly id: Ids.RunnerId
        }>`SELECT id FROM unnest(${runners}::integer[]) AS connected (id)
          WHERE NOT EXISTS (SELECT FROM runner_connector.runner runner WHERE runner.id = connected.id)`
        return removed.map(({ id }) => id)
      })

    return PresenceStore.PresenceStore.of({
      report: spanned("SqlPresenceStore.report")((report) =>
        write(report).pipe(sql.withTransaction, persist("PresenceStore.report", repeatable), thenWake)
      )
    })
  }
)

/** The presence store alone, on existing tables. */
export const layer: Layer.Layer<PresenceStore.PresenceStore, never, PgClient.PgClient> = Layer.effect(
  PresenceStore.PresenceStore,
  make
)
