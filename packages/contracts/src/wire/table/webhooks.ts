import { Webhooks } from "@runner-connector/core"
import { Effect } from "effect"
import { administer, R, request, send } from "../client.ts"
import { keepSecret } from "../Journal.ts"
import { guestToken } from "../world.ts"
import type { Row } from "./Row.ts"

const hooks = `${R}/webhooks`
const url = "https://hooks.example/events"
const json = (body: unknown) => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

/** An endpoint. Its secret must not appear in logs. */
const anId = Effect.gen(function* () {
  const { endpoint } = yield* (yield* Webhooks.Webhooks).create({ url })
  yield* keepSecret(endpoint.secret)
  return endpoint.id
}).pipe(Effect.orDie)

type Call = readonly [method: string, path: (id: string) => string, body: unknown, status: number]

const calls: Readonly<Record<string, Call>> = {
  listWebhooks: ["GET", () => hooks, undefined, 200],
  createWebhook: ["POST", () => hooks, { url, types: ["video.playable"] }, 200],
  updateWebhook: ["PUT", (id) => `${hooks}/${id}`, { enabled: false }, 200],
  rotateWebhookSecret: ["POST", (id) => `${hooks}/${id}/rotate-secret`, undefined, 200],
  deleteWebhook: ["DELETE", (id) => `${hooks}/${id}`, undefined, 204],
  listWebhookDeliveries: ["GET", (id) => `${R}/webhook-deliveries?state=dead&webhookId=${id}`, undefined, 200],
  replayWebhooks: ["POST", () => `${R}/webhook-deliveries/replay`, { delivery: crypto.randomUUID() }, 200]
}

const optionsOf = (body: unknown) => (body === undefined ? {} : json(body))

const keepNew = (text: string) => {
  const { secret } = JSON.parse(text || "{}") as { readonly secret?: string }
  return secret === undefined ? Effect.void : keepSecret(secret)
}

const rows: ReadonlyArray<Row> = Object.entries(calls).flatMap(([endpoint, [method, path, body, status]]) => [
  {
    ...{ endpoint, situation: "there is no bearer token", status: 401 },
    ask: () => Effect.flatMap(anId, (id) => send(() => request(path(id), { method, ...optionsOf(body) })))
  },
  {
    ...{ endpoint, situation: "the user is not an administrator", status: 403 },
    ask: () =>
      Effect.flatMap(anId, (id) => administer(method, path(id), { headers: { authorization: `Bearer ${guestToken}` } }))
  },
  {
    ...{ endpoint, situation: "the request is valid", status },
    ask: () =>
      Effect.flatMap(anId, (id) =>
        Effect.tap(administer(method, path(id), optionsOf(body)), ({ text }) => keepNew(text))
      )
  }
])

const unknown: ReadonlyArray<Row> = ["updateWebhook", "rotateWebhookSecret", "deleteWebhook"].flatMap((endpoint) => {
  const [method, path, body] = calls[endpoint] ?? ["", () => "", undefined]
  return [
    {
      ...{ endpoint, situation: "there is no such webhook", status: 404 },
      ask: () => administer(method, path(crypto.randomUUID()), optionsOf(body))
    },
    {
      ...{ endpoint, situation: "the id is invalid", status: 400 },
      ask: () => administer(method, path("x"), optionsOf(body))
    }
  ]
})

const badSettings = [
  { url: "ftp://hooks.example" },
  { url: "https://me:pass@hooks.example" },
  { url: "hooks" },
  { url, types: ["video.unheard-of"] },
  { url, description: "\u0000" },
  {}
]

const invalid: ReadonlyArray<Row> = [
  ...badSettings.map((body) => ({
    ...{ endpoint: "createWebhook", situation: `the body is ${JSON.stringify(body)}`, status: 400 },
    ask: () => administer("POST", hooks, json(body))
  })),
  {
    ...{ endpoint: "listWebhookDeliveries", situation: "the state is unknown", status: 400 },
    ask: () => administer("GET", `${R}/webhook-deliveries?state=lost`)
  },
  {
    ...{ endpoint: "replayWebhooks", situation: "the body names nothing", status: 400 },
    ask: () => administer("POST", `${R}/webhook-deliveries/replay`, json({}))
  }
]

/** Rows of the calls about webhooks. */
export const webhookRows: ReadonlyArray<Row> = [...rows, ...unknown, ...invalid]
