import { Array as Arr, Context, DateTime, Effect, Encoding, Layer, Option, Redacted } from "effect"
import type { EventType } from "../../domain/event/Event.ts"
import { WebhookId } from "../../domain/Ids.ts"
import { urlFault, type WebhookDelivery, type WebhookEndpoint } from "../../domain/webhook/Webhook.ts"
import type { Page, PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { type DeliveryFilter, WebhookStore } from "../../ports/WebhookStore.ts"
import * as AfterCommit from "../engine/AfterCommit.ts"
import { InvalidRequest, UnknownWebhook } from "../errors.ts"

/** What an administrator sets of an endpoint. */
export interface WebhookSettings {
  readonly url: string
  readonly description: string
  /** Empty: all. */
  readonly types: ReadonlyArray<EventType>
  readonly enabled: boolean
}

/** An endpoint with its secret, which no other answer shows. */
export interface WebhookWithSecret {
  readonly endpoint: WebhookEndpoint
  readonly secret: Redacted.Redacted<string>
}

/** Administers webhooks. */
export class Webhooks extends Context.Tag("@runner-connector/core/Webhooks")<
  Webhooks,
  {
    /** Adds an endpoint with a new secret. It receives the events from now on. */
    readonly create: (
      settings: Pick<WebhookSettings, "url"> & Partial<WebhookSettings>
    ) => Effect.Effect<WebhookWithSecret, InvalidRequest | PersistenceError>
    /** Changes the given settings. Enabling removes the reason why the server has disabled the endpoint. */
    readonly update: (
      id: WebhookId,
      settings: Partial<WebhookSettings>
    ) => Effect.Effect<WebhookEndpoint, UnknownWebhook | InvalidRequest | PersistenceError>
    /** Replaces the secret. Deliveries are signed with the new one at once. */
    readonly rotateSecret: (id: WebhookId) => Effect.Effect<WebhookWithSecret, UnknownWebhook | PersistenceError>
    /** Removes the endpoint with its deliveries. */
    readonly remove: (id: WebhookId) => Effect.Effect<void, UnknownWebhook | PersistenceError>
    readonly list: Effect.Effect<ReadonlyArray<WebhookEndpoint>, PersistenceError>
    readonly deliveries: (filter: DeliveryFilter) => Effect.Effect<Page<WebhookDelivery>, PersistenceError>
    /** Makes dead deliveries pending again: this one, or all of the endpoint. Returns how many. */
    readonly replay: (which: Parameters<WebhookStore["Type"]["replay"]>[0]) => Effect.Effect<number, PersistenceError>
  }
>() {}

type Store = WebhookStore["Type"]

/** 244 random bits of two UUIDs. */
const makeSecret = Effect.gen(function* () {
  const { uuid } = yield* Identifiers
  const hex = `${yield* uuid}${yield* uuid}`.replaceAll("-", "")
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return `whsec_${Encoding.encodeBase64(bytes)}`
})

const validUrl = (url: string): Effect.Effect<string, InvalidRequest> => {
  const fault = urlFault(url)
  return fault === undefined ? Effect.succeed(url) : new InvalidRequest({ detail: `url: ${fault}` })
}

/** Writes an endpoint with a new secret. `undo` follows when the caller got an error instead of the secret. */
const makeWithSecret = Effect.gen(function* () {
  const { endpoints } = yield* WebhookStore
  const afterCommit = yield* AfterCommit.AfterCommit
  return <E>(
    { id, secret }: Pick<WebhookEndpoint, "id" | "secret">,
    write: Effect.Effect<WebhookEndpoint, E>,
    undo: Effect.Effect<unknown, PersistenceError>
  ) => {
    const isStored = (one: WebhookEndpoint) => one.id === id && one.secret === secret
    return Effect.map(
      afterCommit.run({
        write,
        written: Effect.map(endpoints.list, Arr.findFirst(isStored)),
        effects: () => Effect.void,
        lateEffects: () => Effect.ignoreLogged(undo)
      }),
      (endpoint): WebhookWithSecret => ({ endpoint, secret: Redacted.make(secret) })
    )
  }
})

type WithSecret = Effect.Effect.Success<typeof makeWithSecret>

const makeCreate =
  ({ endpoints }: Store, withSecret: WithSecret): Webhooks["Type"]["create"] =>
  ({ description = "", enabled = true, types = [], url }) =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const id = WebhookId.make(yield* Effect.flatMap(Identifiers, ({ uuid }) => uuid))
      const secret = yield* makeSecret
      const settings = { url: yield* validUrl(url), description, types, enabled }
      const endpoint = { ...settings, disabledReason: Option.none(), id, secret, createdAt: now, updatedAt: now }
      return yield* withSecret(endpoint, Effect.as(endpoints.add(endpoint), endpoint), endpoints.remove(id))
    })

const makeChange =
  ({ endpoints }: Store) =>
  (id: WebhookId, decide: (endpoint: WebhookEndpoint) => WebhookEndpoint) =>
    Effect.flatMap(
      endpoints.change(id, decide),
      Effect.mapError(() => new UnknownWebhook())
    )

const makeUpdate =
  (store: Store): Webhooks["Type"]["update"] =>
  (id, settings) =>
    Effect.gen(function* () {
      if (settings.url !== undefined) yield* validUrl(settings.url)
      const updatedAt = yield* DateTime.now
      return yield* makeChange(store)(id, (endpoint) => {
        const changed = { ...endpoint, ...settings, updatedAt }
        return changed.enabled ? { ...changed, disabledReason: Option.none() } : changed
      })
    })

const makeRotateSecret =
  (store: Store, withSecret: WithSecret): Webhooks["Type"]["rotateSecret"] =>
  (id) =>
    Effect.gen(function* () {
      const secret = yield* makeSecret
      const updatedAt = yield* DateTime.now
      let before = secret
      const rotate = makeChange(store)(id, (endpoint) => {
        before = endpoint.secret
        return { ...endpoint, secret, updatedAt }
      })
      const rotateBack = store.endpoints.change(id, (endpoint) =>
        endpoint.secret === secret ? { ...endpoint, secret: before } : endpoint
      )
      return yield* withSecret({ id, secret }, rotate, rotateBack)
    })

const make = Effect.gen(function* () {
  const store = yield* WebhookStore
  const withSecret = yield* makeWithSecret
  return Webhooks.of({
    create: spanned("Webhooks.create")(makeCreate(store, withSecret)),
    update: spanned("Webhooks.update")(makeUpdate(store)),
    rotateSecret: spanned("Webhooks.rotateSecret")(makeRotateSecret(store, withSecret)),
    remove: spanned("Webhooks.remove")((id) =>
      Effect.flatMap(store.endpoints.remove(id), (existed) => (existed ? Effect.void : new UnknownWebhook()))
    ),
    list: store.endpoints.list,
    deliveries: store.deliveries,
    replay: store.replay
  })
})

/** Administration over the port. */
export const layer: Layer.Layer<Webhooks, never, WebhookStore> = Layer.effect(Webhooks, make).pipe(
  Layer.provide(AfterCommit.layer)
)
