import { Args, Command, Options } from "@effect/cli"
import { Event, Ids, Webhook, Webhooks } from "@runner-connector/core"
import { Effect, Option, Redacted, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import {
  firstLine,
  json,
  listOptions,
  moment,
  printChange,
  printList,
  printResult,
  type Row,
  whole
} from "../output.ts"
import { Refusal, refusal } from "../Refusal.ts"

const idArgument = Args.text({ name: "id" })

const unknown = (id: string) => new Refusal({ message: `There is no webhook ${id}.` })

const idOf = (text: string) => Effect.mapError(Schema.decodeUnknown(Ids.WebhookId)(text), () => unknown(text))

const typeOption = Options.choice("type", Event.eventTypes).pipe(
  Options.repeated,
  Options.withDescription("A type of events that it receives; may be given several times; all types when absent")
)

const description = Options.text("description").pipe(Options.optional)

const create = Command.make(
  "create",
  { url: Args.text({ name: "url" }), types: typeOption, description, json },
  ({ description, json, types, url }) =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks.Webhooks
      const text = Option.getOrElse(description, () => "")
      const { endpoint, secret } = yield* Effect.catchTag(
        webhooks.create({ url, types, description: text }),
        "InvalidRequest",
        refusal
      )
      const shown = Redacted.value(secret)
      yield* printResult(json, { id: endpoint.id, secret: shown }, `${endpoint.id}\n${shown}`)
    })
).pipe(Command.withDescription("Adds an endpoint and prints its id and its secret, this once"))

const rowOf = (endpoint: Webhook.WebhookEndpoint): Row => ({
  id: endpoint.id,
  url: endpoint.url,
  enabled: endpoint.enabled ? "yes" : Option.getOrElse(endpoint.disabledReason, () => "no"),
  types: endpoint.types.length === 0 ? "all" : endpoint.types.join(","),
  created: moment(endpoint.createdAt),
  description: endpoint.description
})

const list = Command.make("list", listOptions, (options) =>
  Effect.gen(function* () {
    const page = whole((yield* Webhooks.Webhooks).list)
    yield* printList({
      ...{ options, none: "There is no webhook. Add one with: webhooks create" },
      list: page,
      row: rowOf
    })
  })
).pipe(Command.withDescription("Lists the endpoints"))

const update = Command.make(
  "update",
  {
    id: idArgument,
    url: Options.text("url").pipe(Options.optional),
    types: typeOption,
    allTypes: Options.boolean("all-types"),
    enabled: Options.choice("enabled", ["yes", "no"]).pipe(Options.optional),
    description,
    json
  },
  ({ allTypes, description, enabled, id, json, types, url }) =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks.Webhooks
      const changes = {
        ...Option.match(url, { onNone: () => ({}), onSome: (text) => ({ url: text }) }),
        ...Option.match(description, { onNone: () => ({}), onSome: (text) => ({ description: text }) }),
        ...Option.match(enabled, { onNone: () => ({}), onSome: (choice) => ({ enabled: choice === "yes" }) }),
        ...(types.length > 0 || allTypes ? { types } : {})
      }
      const changed = yield* webhooks
        .update(yield* idOf(id), changes)
        .pipe(Effect.catchTags({ UnknownWebhook: () => unknown(id), InvalidRequest: refusal }))
      yield* printChange(json, rowOf(changed))
    })
).pipe(Command.withDescription("Changes an endpoint"))

const rotate = Command.make("rotate-secret", { id: idArgument, json }, ({ id, json }) =>
  Effect.gen(function* () {
    const webhooks = yield* Webhooks.Webhooks
    const { secret } = yield* Effect.catchTag(webhooks.rotateSecret(yield* idOf(id)), "UnknownWebhook", () =>
      unknown(id)
    )
    yield* printResult(json, { id, secret: Redacted.value(secret) }, Redacted.value(secret))
  })
).pipe(Command.withDescription("Replaces the secret of an endpoint and prints the new one, this once"))

const remove = Command.make("delete", { id: idArgument, json }, ({ id, json }) =>
  Effect.gen(function* () {
    const webhooks = yield* Webhooks.Webhooks
    yield* Effect.catchTag(webhooks.remove(yield* idOf(id)), "UnknownWebhook", () => unknown(id))
    yield* printChange(json, { id })
  })
).pipe(Command.withDescription("Removes an endpoint with its deliveries"))

const deliveries = Command.make(
  "deliveries",
  {
    ...listOptions,
    state: Options.choice("state", Webhook.DeliveryState.literals).pipe(Options.optional),
    endpoint: Options.text("endpoint").pipe(Options.optional)
  },
  ({ endpoint, state, ...options }) =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks.Webhooks
      const endpointId = yield* Effect.transposeMapOption(endpoint, idOf)
      yield* printList({
        ...{ options, none: "There is no delivery." },
        list: (page) =>
          webhooks.deliveries({
            ...page,
            ...(Option.isSome(state) ? { state: state.value } : {}),
            ...(Option.isSome(endpointId) ? { endpointId: endpointId.value } : {})
          }),
        row: (one) => ({
          id: one.id,
          endpoint: one.endpointId,
          type: one.type,
          state: one.state,
          attempts: one.attempts,
          next: one.state === "pending" ? moment(one.dueAt) : null,
          status: Option.getOrNull(one.status),
          created: moment(one.createdAt),
          error: firstLine(one.error)
        })
      })
    })
).pipe(Command.withDescription("Lists deliveries, the newest first"))

const replay = Command.make(
  "replay",
  {
    delivery: Options.text("delivery").pipe(Options.optional),
    endpoint: Options.text("endpoint").pipe(Options.optional),
    json
  },
  ({ delivery, endpoint, json }) =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks.Webhooks
      if (Option.isSome(delivery) === Option.isSome(endpoint)) {
        return yield* new Refusal({ message: "Give either --delivery or --endpoint." })
      }
      const which = Option.isSome(endpoint)
        ? { endpointId: yield* idOf(endpoint.value) }
        : { id: Option.getOrElse(delivery, () => "") }
      if ("id" in which && !Schema.is(Schema.UUID)(which.id)) {
        return yield* new Refusal({ message: `There is no delivery ${which.id}.` })
      }
      const replayed = yield* webhooks.replay(which)
      yield* printResult(json, { replayed }, `${replayed} deliveries are pending again.`)
    })
).pipe(Command.withDescription("Makes dead deliveries pending again: one, or all of an endpoint"))

export const webhookCommand: CommandOf<"webhooks", Webhooks.Webhooks> = Command.make("webhooks").pipe(
  Command.withDescription("URLs that receive events"),
  Command.withSubcommands([create, list, update, rotate, remove, deliveries, replay])
)
