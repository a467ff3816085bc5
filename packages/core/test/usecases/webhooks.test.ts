import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, DateTime, Effect, Layer, Option, Redacted, TestClock } from "effect"
import { WebhookId } from "../../src/domain/Ids.ts"
import { makeState } from "../../src/ports/memory/MemoryState.ts"
import * as MemoryWebhookStore from "../../src/ports/memory/MemoryWebhookStore.ts"
import { WebhookStore } from "../../src/ports/WebhookStore.ts"
import * as Webhooks from "../../src/usecases/webhooks/Webhooks.ts"
import { losingAnswer, outcome, portError } from "../support/calls.ts"
import { type Around, guarded } from "../support/Process.ts"

const url = "https://hooks.example/events"

/** The calls of the port that write a secret. */
const writes = ["WebhookStore.endpoints.add", "WebhookStore.endpoints.change"]

const administration = (around: Around = (_, effect) => effect) =>
  Effect.gen(function* () {
    const store = MemoryWebhookStore.make(makeState().webhooks)
    const given = Layer.succeed(WebhookStore, guarded("WebhookStore", store, around))
    const context = yield* Layer.build(Layer.provide(Webhooks.layer, given))
    return { store, webhooks: Context.get(context, Webhooks.Webhooks) }
  })

describe("a new webhook", () => {
  it.scoped("is enabled, receives all events, and has a secret of its own", () =>
    Effect.gen(function* () {
      const { store, webhooks } = yield* administration()
      yield* TestClock.setTime(5000)
      const one = yield* webhooks.create({ url })
      const two = yield* webhooks.create({ url })
      const now = DateTime.unsafeMake(5000)
      deepStrictEqual(one.endpoint, {
        id: one.endpoint.id,
        url,
        description: "",
        secret: Redacted.value(one.secret),
        types: [],
        enabled: true,
        disabledReason: Option.none(),
        createdAt: now,
        updatedAt: now
      })
      assert.notStrictEqual(one.endpoint.id, two.endpoint.id)
      assert.notStrictEqual(Redacted.value(one.secret), Redacted.value(two.secret))
      deepStrictEqual(yield* webhooks.list, [one.endpoint, two.endpoint])
      deepStrictEqual(yield* store.endpoints.list, [one.endpoint, two.endpoint])
    })
  )

  it.scoped("has a secret of 32 bytes in base64", () =>
    Effect.gen(function* () {
      const { webhooks } = yield* administration()
      const secret = Redacted.value((yield* webhooks.create({ url })).secret)
      assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
      const bytes = Buffer.from(secret.slice("whsec_".length), "base64")
      assert.isAbove(new Set(bytes).size, 16, "the bytes differ")
    })
  )

  it.scoped("has the given settings", () =>
    Effect.gen(function* () {
      const { webhooks } = yield* administration()
      const given = { url, description: "the host", types: ["video.playable"], enabled: false } as const
      const { endpoint } = yield* webhooks.create(given)
      const { description, enabled, types } = endpoint
      deepStrictEqual({ url: endpoint.url, description, types, enabled }, given)
    })
  )

  it.scoped("is refused with a wrong URL", () =>
    Effect.gen(function* () {
      const { webhooks } = yield* administration()
      const error = yield* Effect.flip(webhooks.create({ url: "ftp://hooks.example/" }))
      assert.include(error.message, "url: must begin with https:// or http://")
      deepStrictEqual(yield* webhooks.list, [])
    })
  )
})

describe("a webhook", () => {
  const created = Effect.gen(function* () {
    const given = yield* administration()
    const other = yield* given.webhooks.create({ url: "https://other.example/" })
    const { endpoint } = yield* given.webhooks.create({ url, description: "the host", types: ["video.playable"] })
    yield* TestClock.adjust("1 minute")
    return { ...given, endpoint, other: other.endpoint, now: yield* DateTime.now }
  })

  it.scoped("changes only in the given settings", () =>
    Effect.gen(function* () {
      const { endpoint, now, other, webhooks } = yield* created
      const disabled = yield* webhooks.update(endpoint.id, { enabled: false })
      deepStrictEqual(disabled, { ...endpoint, enabled: false, updatedAt: now })
      const moved = yield* webhooks.update(endpoint.id, { url: "https://new.example/", types: [] })
      deepStrictEqual(moved, { ...disabled, url: "https://new.example/", types: [] })
      deepStrictEqual(yield* webhooks.list, [other, moved])
      const wrong = webhooks.update(endpoint.id, { url: "no" })
      assert.strictEqual(yield* outcome(wrong), "InvalidRequest")
      deepStrictEqual(yield* webhooks.list, [other, moved])
    })
  )

  it.scoped("keeps the reason why it was disabled until it is enabled", () =>
    Effect.gen(function* () {
      const { endpoint, store, webhooks } = yield* created
      yield* store.endpoints.change(endpoint.id, (one) => ({
        ...one,
        enabled: false,
        disabledReason: Option.some("gone")
      }))
      const described = yield* webhooks.update(endpoint.id, { description: "x" })
      deepStrictEqual([described.enabled, described.disabledReason], [false, Option.some("gone")])
      const enabled = yield* webhooks.update(endpoint.id, { enabled: true })
      deepStrictEqual([enabled.enabled, enabled.disabledReason], [true, Option.none()])
    })
  )

  it.scoped("gets a new secret, and nothing else changes", () =>
    Effect.gen(function* () {
      const { endpoint, now, webhooks } = yield* created
      const rotated = yield* webhooks.rotateSecret(endpoint.id)
      const secret = Redacted.value(rotated.secret)
      assert.notStrictEqual(secret, endpoint.secret)
      deepStrictEqual(rotated.endpoint, { ...endpoint, secret, updatedAt: now })
      deepStrictEqual((yield* webhooks.list)[1], rotated.endpoint)
    })
  )

  it.scoped("is removed once, and is unknown afterwards", () =>
    Effect.gen(function* () {
      const { endpoint, other, webhooks } = yield* created
      yield* webhooks.remove(endpoint.id)
      deepStrictEqual(yield* webhooks.list, [other])
      const calls = [webhooks.remove(endpoint.id), webhooks.rotateSecret(endpoint.id), webhooks.update(endpoint.id, {})]
      for (const call of calls) assert.strictEqual(yield* outcome(Effect.asVoid(call)), "UnknownWebhook")
      const never = webhooks.remove(WebhookId.make(crypto.randomUUID()))
      assert.strictEqual(yield* outcome(never), "UnknownWebhook")
    })
  )
})

describe("a webhook that changes while another call begins", () => {
  /** Runs the other call immediately before the next change is written. */
  const raced = (other: (webhooks: Webhooks.Webhooks["Type"], id: WebhookId) => Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      let meanwhile: Effect.Effect<unknown, unknown> = Effect.void
      const around: Around = (call, effect) => {
        if (call !== "WebhookStore.endpoints.change") return effect
        return Effect.suspend(() => {
          const first = meanwhile
          meanwhile = Effect.void
          return Effect.zipRight(Effect.orDie(first), effect)
        })
      }
      const { webhooks } = yield* administration(around)
      const { endpoint } = yield* webhooks.create({ url })
      meanwhile = other(webhooks, endpoint.id)
      return { webhooks, endpoint }
    })

  it.scoped("stays removed", () =>
    Effect.gen(function* () {
      const { endpoint, webhooks } = yield* raced((all, id) => all.remove(id))
      assert.strictEqual(yield* outcome(webhooks.update(endpoint.id, { description: "x" })), "UnknownWebhook")
      deepStrictEqual(yield* webhooks.list, [])
    })
  )

  it.scoped("keeps its new secret", () =>
    Effect.gen(function* () {
      const { endpoint, webhooks } = yield* raced((all, id) => all.rotateSecret(id))
      const updated = yield* webhooks.update(endpoint.id, { description: "x" })
      assert.notStrictEqual(updated.secret, endpoint.secret)
      deepStrictEqual(yield* webhooks.list, [updated])
    })
  )
})

describe("a secret that its administrator never got", () => {
  /** The next write takes effect, and its answer is lost. So are the answers of reads until `restore`. */
  const losing = () => {
    let state: "well" | "armed" | "away" = "well"
    const around: Around = (call, effect) =>
      Effect.suspend(() => {
        if (state === "away") return Effect.fail(portError(call)) as never
        if (state !== "armed" || !writes.includes(call)) return effect
        state = "away"
        return losingAnswer(call, effect)
      })
    const set = (next: typeof state) => () => {
      state = next
    }
    return { around, arm: set("armed"), restore: set("well") }
  }

  it.scoped("is removed with its new webhook", () =>
    Effect.gen(function* () {
      const database = losing()
      const { webhooks } = yield* administration(database.around)
      database.arm()
      assert.strictEqual(yield* outcome(webhooks.create({ url })), "PersistenceError")
      database.restore()
      assert.lengthOf(yield* webhooks.list, 1)
      yield* TestClock.adjust("1 minute")
      deepStrictEqual(yield* webhooks.list, [])
    })
  )

  it.scoped("is replaced by the one before", () =>
    Effect.gen(function* () {
      const database = losing()
      const { webhooks } = yield* administration(database.around)
      const { endpoint } = yield* webhooks.create({ url })
      database.arm()
      assert.strictEqual(yield* outcome(webhooks.rotateSecret(endpoint.id)), "PersistenceError")
      database.restore()
      assert.notStrictEqual((yield* webhooks.list)[0]?.secret, endpoint.secret)
      yield* TestClock.adjust("1 minute")
      deepStrictEqual(yield* webhooks.list, [endpoint])
    })
  )

  it.scoped("does not exist when the database did not store it", () =>
    Effect.gen(function* () {
      let isBroken = false
      const around: Around = (call, effect) =>
        Effect.suspend(() => (isBroken && writes.includes(call) ? (Effect.fail(portError(call)) as never) : effect))
      const { webhooks } = yield* administration(around)
      const { endpoint } = yield* webhooks.create({ url })
      const other = yield* webhooks.create({ url })
      isBroken = true
      assert.strictEqual(yield* outcome(webhooks.create({ url })), "PersistenceError")
      assert.strictEqual(yield* outcome(webhooks.rotateSecret(endpoint.id)), "PersistenceError")
      yield* TestClock.adjust("1 minute")
      deepStrictEqual(yield* webhooks.list, [endpoint, other.endpoint])
    })
  )

  it.scoped("is given when only the answer was lost for a moment", () =>
    Effect.gen(function* () {
      let isArmed = true
      const around: Around = (call, effect) =>
        Effect.suspend(() => {
          if (!isArmed || !writes.includes(call)) return effect
          isArmed = false
          return losingAnswer(call, effect)
        })
      const { webhooks } = yield* administration(around)
      const { endpoint, secret } = yield* webhooks.create({ url })
      assert.strictEqual(Redacted.value(secret), endpoint.secret)
      deepStrictEqual(yield* webhooks.list, [endpoint])
    })
  )
})
