import { PgClient } from "@effect/sql-pg"
import { MediaReportStore, spanned } from "@runner-connector/core"
import { Effect, Layer } from "effect"
import { selectReports } from "./mediaReportQueries.ts"
import { persist, repeatable } from "./persist.ts"
import { reportRows } from "./rows.ts"

/** Probe results in the table `runner_connector.media_report`. Does not create the table. */
export const make: Effect.Effect<MediaReportStore.MediaReportStore["Type"], never, PgClient.PgClient> = Effect.map(
  PgClient.PgClient,
  (client) => {
    const sql = client.withoutTransforms()
    return MediaReportStore.MediaReportStore.of({
      ofVideo: spanned("SqlMediaReportStore.ofVideo")((id) =>
        Effect.flatMap(selectReports(sql, id), reportRows.decode).pipe(persist("MediaReportStore.ofVideo", repeatable))
      )
    })
  }
)

/** The reports alone, on existing tables. */
export const layer: Layer.Layer<MediaReportStore.MediaReportStore, never, PgClient.PgClient> = Layer.effect(
  MediaReportStore.MediaReportStore,
  make
)
