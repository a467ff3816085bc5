import { PgClient } from "@effect/sql-pg"
import { EventConsumers, spanned } from "@runner-connector/core"
import { Array as Arr, Effect, Layer } from "effect"
import {
  advance,
  claim,
  decodePostponed,
  decodeStatuses,
  forget,
  release,
  retryGivenUp,
  selectPostponed,
  selectStatuses,
  settle
} from "./consumerQueries.ts"
import { persist, repeatable } from "./persist.ts"

const isOne = (rows: ReadonlyArray<unknown>): boolean => rows.length > 0

/** Consumers in the table `runner_connector.event_consumer`. Does not create the tables. */
export const make: Effect.Effect<EventConsumers.EventConsumers["Type"], never, PgClient.PgClient> = Effect.map(
  PgClient.PgClient,
  (client) => {
    const sql = client.withoutTransforms()
    return EventConsumers.EventConsumers.of({
      claim: spanned("SqlEventConsumers.claim")((request, lease) =>
        Effect.map(claim(sql, request, lease), (rows) => Arr.head(rows.map(({ cursor }) => cursor))).pipe(
          persist("EventConsumers.claim", repeatable)
        )
      ),
      release: spanned("SqlEventConsumers.release")((request) =>
        Effect.asVoid(release(sql, request)).pipe(persist("EventConsumers.release", repeatable))
      ),
      advance: spanned("SqlEventConsumers.advance")((request, event, failure) =>
        Effect.map(advance(sql, request, event, failure), isOne).pipe(persist("EventConsumers.advance", repeatable))
      ),
      postponed: spanned("SqlEventConsumers.postponed")((consumer) =>
        Effect.flatMap(selectPostponed(sql, consumer), decodePostponed).pipe(
          persist("EventConsumers.postponed", repeatable)
        )
      ),
      settle: spanned("SqlEventConsumers.settle")((request, event, failure) =>
        Effect.map(settle(sql, request, event, failure), isOne).pipe(persist("EventConsumers.settle", repeatable))
      ),
      list: Effect.flatMap(selectStatuses(sql), decodeStatuses).pipe(persist("EventConsumers.list", repeatable)),
      retry: spanned("SqlEventConsumers.retry")((consumer) =>
        Effect.map(retryGivenUp(sql, consumer), (rows) => rows.length).pipe(persist("EventConsumers.retry", repeatable))
      ),
      forget: spanned("SqlEventConsumers.forget")((consumer) =>
        Effect.map(forget(sql, consumer), isOne).pipe(persist("EventConsumers.forget", repeatable))
      )
    })
  }
)

/** The consumers alone, on existing tables. */
export const layer: Layer.Layer<EventConsumers.EventConsumers, never, PgClient.PgClient> = Layer.effect(
  EventConsumers.EventConsumers,
  make
)
