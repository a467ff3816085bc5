import { PgClient } from "@effect/sql-pg"
import { spanned, WebhookStore } from "@runner-connector/core"
import { Effect, Layer, Option } from "effect"
import { persist, repeatable } from "./persist.ts"
import { endpointRows } from "./rows.ts"
import {
  claimDeliveries,
  countDeliveries,
  decodeClaimed,
  decodeDeliveries,
  deleteEndpoint,
  insertDeliveries,
  insertEndpoint,
  lockEndpoint,
  replayDeliveries,
  selectDeliveries,
  selectEndpoints,
  settleDelivery,
  updateEndpoint
} from "./webhookQueries.ts"

type Store = WebhookStore.WebhookStore["Type"]

const endpointsOf = (sql: PgClient.PgClient): WebhookStore.WebhookEndpoints => ({
  add: spanned("SqlWebhookStore.endpoints.add")((endpoint) =>
    Effect.flatMap(endpointRows.encode(endpoint), (row) => Effect.asVoid(insertEndpoint(sql, row))).pipe(
      persist("WebhookStore.endpoints.add", repeatable)
    )
  ),
  change: spanned("SqlWebhookStore.endpoints.change")((id, decide) =>
    Effect.gen(function* () {
      const [before] = yield* Effect.flatMap(lockEndpoint(sql, id), endpointRows.decode)
      if (before === undefined) return Option.none()
      const after = decide(before)
      yield* Effect.flatMap(endpointRows.encode(after), (row) => updateEndpoint(sql, id, row))
      return Option.some(after)
    }).pipe(sql.withTransaction, persist("WebhookStore.endpoints.change"))
  ),
  remove: spanned("SqlWebhookStore.endpoints.remove")((id) =>
    Effect.map(deleteEndpoint(sql, id), (rows) => rows.length > 0).pipe(
      persist("WebhookStore.endpoints.remove", repeatable)
    )
  ),
  list: Effect.flatMap(selectEndpoints(sql), endpointRows.decode).pipe(
    persist("WebhookStore.endpoints.list", repeatable)
  )
})

const deliveriesOf = (sql: PgClient.PgClient): Omit<Store, "endpoints"> => ({
  queue: spanned("SqlWebhookStore.queue")((event) =>
    Effect.asVoid(insertDeliveries(sql, event)).pipe(persist("WebhookStore.queue", repeatable))
  ),
  // A claim whose answer is lost is over after its lease.
  claim: spanned("SqlWebhookStore.claim")((limit, lease) =>
    Effect.flatMap(claimDeliveries(sql, limit, lease), decodeClaimed).pipe(persist("WebhookStore.claim"))
  ),
  settle: spanned("SqlWebhookStore.settle")((delivery, outcome) =>
    Effect.asVoid(settleDelivery(sql, delivery, outcome)).pipe(persist("WebhookStore.settle", repeatable))
  ),
  deliveries: spanned("SqlWebhookStore.deliveries")((filter) =>
    Effect.gen(function* () {
      const totals = yield* countDeliveries(sql, filter)
      const data = yield* Effect.flatMap(selectDeliveries(sql, filter), decodeDeliveries)
      return { total: totals[0]?.total ?? 0, data }
    }).pipe(persist("WebhookStore.deliveries", repeatable))
  ),
  replay: spanned("SqlWebhookStore.replay")((which) =>
    Effect.map(replayDeliveries(sql, which), (rows) => rows.length).pipe(persist("WebhookStore.replay", repeatable))
  )
})

/** Webhooks in the tables `runner_connector.webhook_endpoint` and `webhook_delivery`, which must be there already. */
export const layer: Layer.Layer<WebhookStore.WebhookStore, never, PgClient.PgClient> = Layer.effect(
  WebhookStore.WebhookStore,
  Effect.map(PgClient.PgClient, (client) => {
    const sql = client.withoutTransforms()
    return WebhookStore.WebhookStore.of({ endpoints: endpointsOf(sql), ...deliveriesOf(sql) })
  })
)
