import { type Webhook as CoreWebhook, Webhooks as CoreWebhooks, type WebhookStore } from "@runner-connector/core"
import { Effect } from "effect"
import type { Webhooks, WebhookWithSecret } from "../api/Webhooks.ts"
import type { DeliveryFilter, Webhook } from "../model.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"
import { webhookId } from "./ids.ts"
import { pageOf } from "./pages.ts"

const plainWebhook = ({ secret, ...endpoint }: CoreWebhook.WebhookEndpoint): Webhook => toPlain(endpoint)

const withSecret = ({ endpoint, secret }: CoreWebhooks.WebhookWithSecret): WebhookWithSecret => ({
  webhook: plainWebhook(endpoint),
  secret: toPlain(secret)
})

const service = CoreWebhooks.Webhooks

/** Replays by the id of a delivery, or of an endpoint. */
const replay = (which: Parameters<Webhooks["replay"]>[0]) =>
  Effect.gen(function* () {
    const { replay } = yield* service
    if ("delivery" in which) return yield* replay({ id: which.delivery })
    return yield* replay({ endpointId: yield* webhookId(which.webhook) })
  })

const deliveries = ({ endpointId, ...filter }: DeliveryFilter) =>
  Effect.gen(function* () {
    const ofEndpoint = endpointId === undefined ? {} : { endpointId: yield* webhookId(endpointId) }
    const page = { ...filter, ...ofEndpoint, ...(yield* pageOf(filter)) } as WebhookStore.DeliveryFilter
    return toPlain(yield* (yield* service).deliveries(page))
  })

const create = Effect.serviceFunctionEffect(service, (admin) => admin.create)
const update = Effect.serviceFunctionEffect(service, (admin) => admin.update)
const rotateSecret = Effect.serviceFunctionEffect(service, (admin) => admin.rotateSecret)
const remove = Effect.serviceFunctionEffect(service, (admin) => admin.remove)
const list = Effect.flatMap(service, (admin) => admin.list)

export const webhooks = ({ run }: Engine): Webhooks => ({
  create: (settings, options) => run(Effect.map(create(settings), withSecret), options),
  update: (id, settings, options) =>
    run(
      Effect.map(
        Effect.flatMap(webhookId(id), (known) => update(known, settings)),
        plainWebhook
      ),
      options
    ),
  rotateSecret: (id, options) => run(Effect.map(Effect.flatMap(webhookId(id), rotateSecret), withSecret), options),
  remove: (id, options) => run(Effect.flatMap(webhookId(id), remove), options),
  list: (options) =>
    run(
      Effect.map(list, (all) => all.map(plainWebhook)),
      options
    ),
  deliveries: (filter = {}, options) => run(deliveries(filter), options),
  replay: (which, options) => run(replay(which), options)
})
