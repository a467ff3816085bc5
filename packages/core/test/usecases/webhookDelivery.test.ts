import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { Context, DateTime, Deferred, Duration, Effect, Layer, Option, Redacted, TestClock } from "effect"
import { maxAttempts, pauseAfter } from "../../src/domain/event/DeliverySchedule.ts"
import { JobStore } from "../../src/ports/JobStore.ts"
import * as MemoryStores from "../../src/ports/memory/MemoryStores.ts"
import { PersistenceError } from "../../src/ports/PersistenceError.ts"
import { type DeliveryAttempt, type Observer, StateChanges } from "../../src/ports/StateChanges.ts"
import { type WebhookRequest, WebhookSendError, WebhookSender } from "../../src/ports/WebhookSender.ts"
import { type DeliveryOutcome, WebhookStore } from "../../src/ports/WebhookStore.ts"
import { layerLoop } from "../../src/usecases/webhooks/deliver.ts"
import * as Webhooks from "../../src/usecases/webhooks/Webhooks.ts"
import { withLog } from "../support/calls.ts"
import { turn } from "../support/time.ts"

type Answer = (request: WebhookRequest) => Effect.Effect<number, WebhookSendError>

/** The delivery over stores in memory, with endpoints that answer so. */
const delivering = (answer: Answer, over: (store: WebhookStore["Type"]) => WebhookStore["Type"] = (store) => store) =>
  Effect.gen(function* () {
    const sent: Array<WebhookRequest> = []
    const sender = Layer.succeed(WebhookSender, {
      send: (request) =>
        Effect.suspend(() => {
          sent.push(request)
          return answer(request)
        })
    })
    const attempts: Array<DeliveryAttempt> = []
    const observe: Observer = ({ deliveries = [] }) => Effect.sync(() => void attempts.push(...deliveries))
    const context = yield* Layer.build(
      Layer.provideMerge(layerLoop, Webhooks.layer).pipe(
        Layer.provideMerge(Layer.effect(WebhookStore, Effect.map(WebhookStore, over))),
        Layer.provideMerge(MemoryStores.layer),
        Layer.provide(Layer.merge(sender, Layer.succeed(StateChanges, [observe])))
      )
    )
    const jobs = Context.get(context, JobStore)
    return {
      attempts,
      sent,
      webhooks: Context.get(context, Webhooks.Webhooks),
      addJob: Effect.suspend(() => jobs.insert([aJob()]))
    }
  })

/** Lets the time pass in small steps, so that each poll and each delivery finds its turn. */
const pass = (time: Duration.DurationInput, step: Duration.DurationInput = "1 second") =>
  Effect.gen(function* () {
    const steps = Math.ceil(Duration.toMillis(time) / Duration.toMillis(step))
    for (let n = 0; n < steps; n++) {
      yield* TestClock.adjust(step)
      yield* turn
    }
  })

const all = { start: 0, count: 100 }
const url = "https://hooks.example/"

describe("a delivery", () => {
  it.scoped("is made for each wanted event, in order, with the secret and the id of the event", () =>
    Effect.gen(function* () {
      const { addJob, sent, webhooks } = yield* delivering(() => Effect.succeed(204))
      const { secret } = yield* webhooks.create({ url })
      yield* webhooks.create({ url: "https://other.example/", types: ["video.created"] })
      yield* addJob
      yield* pass("5 seconds")
      const { data, total } = yield* webhooks.deliveries(all)
      const [delivery] = data
      deepStrictEqual([total, delivery?.state, delivery?.status], [1, "delivered", Option.some(204)])
      deepStrictEqual(
        sent.map(({ body, id, ...rest }) => [rest, id, JSON.parse(body).type]),
        [[{ url, secret: Redacted.value(secret) }, delivery?.eventId, "job.pending"]]
      )
    })
  )

  const answers: ReadonlyArray<readonly [status: number, state: string, error: Option.Option<string>]> = [
    [199, "pending", Option.some("The endpoint answered 199")],
    [200, "delivered", Option.none()],
    [299, "delivered", Option.none()],
    [300, "pending", Option.some("Redirects are not followed")],
    [399, "pending", Option.some("Redirects are not followed")],
    [400, "pending", Option.some("The endpoint answered 400")],
    [409, "pending", Option.some("The endpoint answered 409")],
    [410, "dead", Option.some("The endpoint answered 410 (Gone)")],
    [500, "pending", Option.some("The endpoint answered 500")]
  ]
  it.scoped.each(answers)("that is answered %i is %s", ([status, state, error]) =>
    Effect.gen(function* () {
      const { addJob, webhooks } = yield* delivering(() => Effect.succeed(status))
      yield* webhooks.create({ url })
      yield* addJob
      yield* pass("4 seconds")
      const [delivery] = (yield* webhooks.deliveries(all)).data
      deepStrictEqual([delivery?.state, delivery?.status, delivery?.error], [state, Option.some(status), error])
      assert.strictEqual((yield* webhooks.list)[0]?.enabled, status !== 410)
    })
  )

  it.scoped("is reported to observers at each attempt, with its times", () =>
    Effect.gen(function* () {
      const slowly = Effect.delay(new WebhookSendError({ message: "refused" }), "2 seconds")
      const { addJob, attempts, webhooks } = yield* delivering(() => slowly)
      const { endpoint } = yield* webhooks.create({ url })
      yield* addJob
      yield* pass("20 seconds")
      assert.isAtLeast(attempts.length, 2)
      for (const [index, { delivery, endedAt, outcome, startedAt }] of attempts.entries()) {
        deepStrictEqual([delivery.endpoint.id, delivery.attempts], [endpoint.id, index])
        deepStrictEqual([outcome._tag, outcome._tag === "Failed" && outcome.error], ["Failed", "refused"])
        assert.strictEqual(DateTime.distance(startedAt, endedAt), 2000)
      }
    })
  )

  it.scoped("without an answer is repeated after a pause, with the same id", () =>
    Effect.gen(function* () {
      const { addJob, sent, webhooks } = yield* delivering(() => new WebhookSendError({ message: "refused" }))
      yield* webhooks.create({ url })
      yield* addJob
      yield* pass("4 seconds")
      const [delivery] = (yield* webhooks.deliveries(all)).data
      deepStrictEqual([delivery?.attempts, delivery?.state, delivery?.status], [1, "pending", Option.none()])
      deepStrictEqual(delivery?.error, Option.some("refused"))
      assert.lengthOf(sent, 1)
      yield* pass("8 seconds")
      assert.lengthOf(sent, 2)
      assert.strictEqual(sent[0]?.id, sent[1]?.id)
    })
  )

  it.scoped.each([0, 1, maxAttempts - 2, maxAttempts - 1])("that fails after %i failures has its pause", (attempts) =>
    Effect.gen(function* () {
      const outcomes: Array<DeliveryOutcome> = []
      const { addJob, webhooks } = yield* delivering(
        () => Effect.succeed(503),
        (store) => ({
          ...store,
          claim: (...request) => Effect.map(store.claim(...request), (all) => all.map((one) => ({ ...one, attempts }))),
          settle: (_, result) => Effect.sync(() => void outcomes.push(result))
        })
      )
      yield* webhooks.create({ url })
      yield* addJob
      yield* pass("4 seconds")
      const pause = pauseAfter(attempts + 1)
      assert.strictEqual(pause === undefined, attempts === maxAttempts - 1)
      deepStrictEqual(outcomes, [{ _tag: "Failed", status: 503, error: "The endpoint answered 503", pause }])
    })
  )
})

describe("a database that fails", () => {
  for (const call of ["claim", "settle"] as const) {
    it.scoped(`in ${call} delays the delivery only`, () =>
      Effect.gen(function* () {
        let failures = 0
        const flaky = <A>(effect: Effect.Effect<A, PersistenceError>): Effect.Effect<A, PersistenceError> =>
          Effect.suspend(() => (failures++ < 2 ? new PersistenceError({ operation: call, cause: "away" }) : effect))
        const { addJob, sent, webhooks } = yield* delivering(
          () => Effect.succeed(204),
          (store) => ({
            ...store,
            claim: (...given) => (call === "claim" ? flaky(store.claim(...given)) : store.claim(...given)),
            settle: (...given) => (call === "settle" ? flaky(store.settle(...given)) : store.settle(...given))
          })
        )
        yield* webhooks.create({ url })
        yield* addJob
        yield* pass("5 minutes", "2 seconds")
        const [delivery] = (yield* webhooks.deliveries(all)).data
        assert.strictEqual(delivery?.state, "delivered")
        assert.strictEqual(new Set(sent.map(({ id }) => id)).size, 1)
      })
    )
  }
})

it.scoped("an endpoint that is gone, and no other, is logged", () =>
  Effect.gen(function* () {
    for (const [status, state] of Object.entries({ 204: "delivered", 410: "dead" })) {
      const [, log] = yield* withLog(
        Effect.gen(function* () {
          const { addJob, webhooks } = yield* delivering(() => Effect.succeed(Number(status)))
          yield* webhooks.create({ url })
          yield* addJob
          yield* pass("4 seconds")
          assert.strictEqual((yield* webhooks.deliveries(all)).data[0]?.state, state)
        })
      )
      assert.strictEqual(log.includes("A webhook is disabled, because it answered 410"), status === "410")
    }
  })
)

describe("deliveries of many endpoints", () => {
  it.scoped("do not wait for each other, at most twenty at once", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { addJob, sent, webhooks } = yield* delivering(() => Effect.as(Deferred.await(gate), 204))
      for (let n = 0; n < 25; n++) yield* webhooks.create({ url: `https://hooks.example/${n}` })
      yield* addJob
      yield* addJob
      yield* pass("10 seconds")
      assert.lengthOf(sent, 20)
      assert.strictEqual(new Set(sent.map((request) => request.url)).size, 20, "one for each endpoint")
      yield* Deferred.succeed(gate, undefined)
      for (let round = 0; round < 20; round++) yield* turn
      assert.lengthOf(sent, 50, "a free slot is used at once")
    })
  )

  it.scoped("of one that is slow keep its order and hold up no other", () =>
    Effect.gen(function* () {
      const isSlow = ({ url }: WebhookRequest) => url.includes("slow")
      const { addJob, sent, webhooks } = yield* delivering((request) =>
        isSlow(request) ? Effect.never : Effect.succeed(204)
      )
      yield* webhooks.create({ url: "https://slow.example/" })
      yield* webhooks.create({ url })
      for (let n = 0; n < 3; n++) yield* addJob
      yield* pass("10 seconds")
      assert.lengthOf(sent.filter(isSlow), 1)
      assert.lengthOf(sent, 4)
    })
  )
})
