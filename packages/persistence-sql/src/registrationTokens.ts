import type { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { type Ids, Runner, RunnerStore, spanned } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option } from "effect"
import type { ThenWake } from "./eventQueries.ts"
import { persist, type RowError, repeatable } from "./persist.ts"
import { tokenRows } from "./rows.ts"
import { detachJobs, insertRemovals, type Named, orderOf } from "./runnerQueries.ts"

type Tokens = RunnerStore.RegistrationTokens

const reads = (sql: PgClient.PgClient): Pick<Tokens, "findByHash" | "runnersOf" | "list"> => {
  const columns = sql.literal(tokenRows.columns)
  return {
    findByHash: spanned("SqlRunnerStore.registrationTokens.findByHash")((hash) =>
      sql`SELECT ${columns} FROM runner_connector.registration_token token WHERE token.token_hash = ${hash}`.pipe(
        Effect.flatMap(tokenRows.decode),
        Effect.map(Arr.head),
        persist("RunnerStore.registrationTokens.findByHash", repeatable)
      )
    ),
    runnersOf: spanned("SqlRunnerStore.registrationTokens.runnersOf")((id) =>
      sql<{ readonly runners: ReadonlyArray<Ids.RunnerId> }>`SELECT ARRAY(
          SELECT runner.id FROM runner_connector.runner runner WHERE runner.registration_token_id = token.id
          ORDER BY runner.id
        ) AS runners
        FROM runner_connector.registration_token token WHERE token.id = ${id}`.pipe(
        Effect.map((rows) => Option.map(Arr.head(rows), ({ runners }) => runners)),
        persist("RunnerStore.registrationTokens.runnersOf", repeatable)
      )
    ),
    list: spanned("SqlRunnerStore.registrationTokens.list")((request) =>
      Effect.gen(function* () {
        const totals = yield* sql<{ readonly total: number }>`SELECT count(*)::int AS total
          FROM runner_connector.registration_token`
        const page = yield* sql<{ readonly runners: number }>`SELECT ${columns},
            (SELECT count(*)::int FROM runner_connector.runner WHERE registration_token_id = token.id) AS runners
          FROM runner_connector.registration_token token
          ORDER BY ${orderOf(sql, "token", request)} OFFSET ${request.start} LIMIT ${request.count}`
        const tokens = yield* tokenRows.decode(page)
        const data = Arr.zipWith(tokens, page, (token, { runners }) => ({ ...token, runners }))
        return { total: totals[0]?.total ?? 0, data }
      }).pipe(persist("RunnerStore.registrationTokens.list", repeatable))
    )
  }
}

const writes = (sql: PgClient.PgClient, thenWake: ThenWake): Pick<Tokens, "add" | "remove"> => {
  const columns = sql.literal(tokenRows.columns)
  return {
    add: spanned("SqlRunnerStore.registrationTokens.add")(({ at, ...given }) => {
      const { expiresAt = Option.none(), hint, labels = [], maxUses = Option.none(), tokenHash } = given
      const moment = DateTime.formatIso(at)
      const row = {
        ...{ token_hash: tokenHash, hint, labels: JSON.stringify(labels), max_uses: Option.getOrNull(maxUses) },
        ...{
          expires_at: Option.getOrNull(Option.map(expiresAt, DateTime.formatIso)),
          created_at: moment,
          updated_at: moment
        }
      }
      return sql`INSERT INTO runner_connector.registration_token AS token ${sql.insert(row)} RETURNING ${columns}`.pipe(
        Effect.flatMap(tokenRows.decode),
        Effect.flatMap(([token]) =>
          token === undefined ? Effect.die("INSERT returned no row") : Effect.succeed(token)
        ),
        persist("RunnerStore.registrationTokens.add")
      )
    }),
    remove: spanned("SqlRunnerStore.registrationTokens.remove")((id) =>
      Effect.gen(function* () {
        const locked = yield* sql`SELECT id FROM runner_connector.registration_token WHERE id = ${id} FOR UPDATE`
        if (locked.length === 0) return Option.none()
        const runners = yield* sql<Named>`SELECT id, name FROM runner_connector.runner
          WHERE registration_token_id = ${id} ORDER BY id FOR UPDATE`
        const ids = runners.map((runner) => runner.id)
        const jobs = yield* detachJobs(sql, ids)
        yield* sql`DELETE FROM runner_connector.registration_token WHERE id = ${id}`
        yield* insertRemovals(sql, runners)
        return Option.some({ runners: ids, jobs })
      }).pipe(sql.withTransaction, persist("RunnerStore.registrationTokens.remove"), thenWake)
    )
  }
}

/**
 * Checks that the token permits one more runner, and keeps its row from removals and other registrations until the
 * transaction of the caller ends. To be called before the runner is added: the foreign key would take a weaker lock, and a
 * removal that waits for that one would keep this one waiting.
 */
export const lockToken = (
  sql: PgClient.PgClient,
  id: Ids.RegistrationTokenId,
  at: DateTime.Utc
): Effect.Effect<void, SqlError | RowError | RunnerStore.RegistrationTokenSpent | RunnerStore.RegistrationTokenGone> =>
  Effect.gen(function* () {
    const locked = yield* sql`SELECT ${sql.literal(tokenRows.columns)} FROM runner_connector.registration_token token
      WHERE token.id = ${id} FOR NO KEY UPDATE`
    const [token] = yield* tokenRows.decode(locked)
    if (token === undefined) return yield* new RunnerStore.RegistrationTokenGone()
    const spent = Runner.spentBy(token, at)
    if (Option.isSome(spent)) return yield* new RunnerStore.RegistrationTokenSpent({ by: spent.value })
  })

/** Counts one more runner of the locked token. */
export const countUse = (sql: PgClient.PgClient, id: Ids.RegistrationTokenId): Statement<object> =>
  sql`UPDATE runner_connector.registration_token SET uses = uses + 1 WHERE id = ${id}`

/** Registration tokens in the table `runner_connector.registration_token`. */
export const makeRegistrationTokens = (sql: PgClient.PgClient, thenWake: ThenWake): Tokens => ({
  ...reads(sql),
  ...writes(sql, thenWake)
})
