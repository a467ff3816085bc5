import { PgClient } from "@effect/sql-pg"
import { SessionStore, spanned } from "@runner-connector/core"
import { DateTime, Effect, Layer } from "effect"
import { persist, repeatable } from "./persist.ts"

/** Ended sessions in the table `runner_connector.revoked_session`, which must be there already. */
export const make: Effect.Effect<SessionStore.SessionStore["Type"], never, PgClient.PgClient> = Effect.map(
  PgClient.PgClient,
  (client) => {
    const sql = client.withoutTransforms()
    return SessionStore.SessionStore.of({
      revoke: spanned("SqlSessionStore.revoke")((id, expiresAt) =>
        Effect.gen(function* () {
          const now = DateTime.formatIso(yield* DateTime.now)
          yield* sql`INSERT INTO runner_connector.revoked_session (id, expires_at)
            VALUES (${id}, ${DateTime.formatIso(expiresAt)}) ON CONFLICT (id) DO NOTHING`
          yield* sql`DELETE FROM runner_connector.revoked_session WHERE expires_at < ${now}`
        }).pipe(persist("SessionStore.revoke", repeatable))
      ),
      isRevoked: spanned("SqlSessionStore.isRevoked")((id) =>
        sql`SELECT 1 FROM runner_connector.revoked_session WHERE id = ${id}`.pipe(
          Effect.map((found) => found.length > 0),
          persist("SessionStore.isRevoked", repeatable)
        )
      )
    })
  }
)

/** The session store alone, on tables that are there already. */
export const layer: Layer.Layer<SessionStore.SessionStore, never, PgClient.PgClient> = Layer.effect(
  SessionStore.SessionStore,
  make
)
