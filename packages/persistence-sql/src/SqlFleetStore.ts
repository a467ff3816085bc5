import { PgClient } from "@effect/sql-pg"
import { FleetStore, RunnerStore, runnerChangeEvents, spanned } from "@runner-connector/core"
import { Array as Arr, Effect, Layer, Option } from "effect"
import { insertEvents, makeThenWake } from "./eventQueries.ts"
import { isDuplicate, persist, repeatable } from "./persist.ts"
import { runnerRows } from "./rows.ts"

/** Assigned once, or written by other calls. */
const constant = ["id", "token_hash", "registration_token_id", "created_at"]

/** The changes of runners in the table `runner_connector.runner`, which must be there already. */
export const make: Effect.Effect<FleetStore.FleetStore["Type"], never, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  const thenWake = yield* makeThenWake
  const columns = sql.literal(runnerRows.columns)

  const read = (id: number) =>
    sql`SELECT ${columns} FROM runner_connector.runner runner WHERE runner.id = ${id} FOR UPDATE`

  const change: FleetStore.FleetStore["Type"]["change"] = (id, decide) =>
    Effect.gen(function* () {
      const [before] = yield* runnerRows.decode(yield* read(id))
      if (before === undefined) return Option.none()
      const after = decide(before)
      const row = yield* runnerRows.encode(after)
      const update = sql`UPDATE runner_connector.runner AS runner SET ${sql.update(row, constant)}
        WHERE runner.id = ${id} RETURNING ${columns}`
      const taken = new RunnerStore.RunnerNameTaken({ name: after.name })
      const written = yield* Effect.catchIf(update, isDuplicate, () => taken)
      yield* insertEvents(sql, runnerChangeEvents(before, after))
      return Arr.head(yield* runnerRows.decode(written))
    }).pipe(sql.withTransaction, persist("FleetStore.change"), thenWake)

  const labels = sql<{ readonly label: string }>`SELECT DISTINCT label COLLATE "C" AS label
    FROM runner_connector.runner runner CROSS JOIN jsonb_array_elements_text(runner.labels) AS label
    ORDER BY label`.pipe(Effect.map(Arr.map(({ label }) => label)), persist("FleetStore.labels", repeatable))

  return FleetStore.FleetStore.of({ change: spanned("SqlFleetStore.change")(change), labels })
})

/** The changes of runners alone, on existing tables. */
export const layer: Layer.Layer<FleetStore.FleetStore, never, PgClient.PgClient> = Layer.effect(
  FleetStore.FleetStore,
  make
)
