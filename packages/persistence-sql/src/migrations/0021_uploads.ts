import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import { Effect } from "effect"

/** Adds the room and the lock of uploads that take many requests. */
export const uploads: Effect.Effect<void, SqlError, SqlClient.SqlClient> = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.unsafe(`
  ALTER TABLE runner_connector.upload
    ADD COLUMN size bigint,
    ADD COLUMN lock_owner text,
    ADD COLUMN lock_until timestamptz(3),
    ADD COLUMN lock_wanted boolean NOT NULL DEFAULT false
`)
)
