import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import {
  aJob,
  aNewRunner,
  aNewVideo,
  anEndpoint,
  aRegisteredRunner,
  aRegistrationToken
} from "@runner-connector/contracts"
import {
  EventCursor,
  EventStore,
  type Ids,
  JobStore,
  RunnerStore,
  VideoStore,
  WebhookStore
} from "@runner-connector/core"
import { Array as Arr, Effect, type Either, Layer, Option } from "effect"
import { SqlStores } from "../src/index.ts"
import { inTurn } from "./openTransactions.ts"
import { usePostgres } from "./postgresServer.ts"

const stores = SqlStores.layerStores.pipe(Layer.provideMerge(usePostgres().database))

const tagOf = (outcome: Either.Either<unknown, unknown>): unknown =>
  outcome._tag === "Right" ? "ok" : (outcome.left as { readonly _tag: string })._tag

/** Each test runs two writes in both orders. The second one begins while the transaction of the first one is open. */
layer(stores, { excludeTestServices: true, timeout: "5 minutes" })("a removal", (it) => {
  it.scoped("of a registration token takes the runner that registers at the same time with it, or refuses it", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const { id: registrationTokenId } = yield* aRegistrationToken
      const removal = Effect.flatten(store.registrationTokens.remove(registrationTokenId))
      const [runner, removed] = yield* inTurn(store.insert(aNewRunner({ registrationTokenId })), removal)
      deepStrictEqual(Option.getRight(removed), Option.some({ runners: [runner.id], jobs: [] }))
      deepStrictEqual(yield* store.findByToken(runner.tokenHash), Option.none())

      const { id } = yield* aRegistrationToken
      const late = aNewRunner({ registrationTokenId: id })
      const [, refused] = yield* inTurn(store.registrationTokens.remove(id), store.insert(late))
      assert.strictEqual(tagOf(refused), "RegistrationTokenGone")
      deepStrictEqual(yield* store.findByToken(late.tokenHash), Option.none())
    })
  )

  it.scoped("of a runner releases the job that it accepts at the same time, or refuses the accept", () =>
    Effect.gen(function* () {
      const [runners, jobs] = [yield* RunnerStore.RunnerStore, yield* JobStore.JobStore]
      const [early, late] = [aJob(), aJob()]
      yield* jobs.insert([early, late])
      const accept = (job: typeof early, runnerId: Ids.RunnerId) =>
        jobs.commit([{ ...job, state: "Processing", runnerId: Option.some(runnerId) }])
      const one = yield* aRegisteredRunner()
      const [, removed] = yield* inTurn(accept(early, one.id), Effect.flatten(runners.remove(one.id)))
      deepStrictEqual(Option.getRight(removed), Option.some({ runners: [one.id], jobs: [early.id] }))
      assert.deepInclude((yield* jobs.family(early.id))[0], {
        state: "Processing",
        runnerId: Option.none(),
        revision: 2
      })

      const other = yield* aRegisteredRunner()
      const [, accepted] = yield* inTurn(runners.remove(other.id), accept(late, other.id))
      assert.strictEqual(tagOf(accepted), "JobConflict")
      assert.deepInclude((yield* jobs.family(late.id))[0], { state: "Pending", revision: 0 })
    })
  )

  it.scoped("of a video conflicts with a write that adds jobs to it, so that no job is left without a video", () =>
    Effect.gen(function* () {
      const [videos, jobs] = [yield* VideoStore.VideoStore, yield* JobStore.JobStore]
      const one = yield* videos.insert(aNewVideo(), [])
      const early = aJob({ videoId: Option.some(one.id) })
      const [, removed] = yield* inTurn(videos.save(one, [], [early]), videos.remove(one))
      assert.strictEqual(tagOf(removed), "VideoConflict")
      assert.lengthOf(yield* jobs.ofVideo(one.id), 1)

      const other = yield* videos.insert(aNewVideo(), [])
      const late = aJob({ videoId: Option.some(other.id) })
      const [, added] = yield* inTurn(videos.remove(other), videos.save(other, [], [late]))
      assert.strictEqual(tagOf(added), "VideoConflict")
      deepStrictEqual(yield* jobs.ofVideo(other.id), [])
    })
  )

  it.scoped("of a webhook takes the delivery that is queued at the same time with it, and no other one", () =>
    Effect.gen(function* () {
      const store = yield* WebhookStore.WebhookStore
      const events = yield* EventStore.EventStore
      const [one, other, kept] = [anEndpoint(), anEndpoint(), anEndpoint()]
      for (const added of [one, other, kept]) yield* store.endpoints.add(added)
      yield* (yield* JobStore.JobStore).insert([aJob()])
      const page = events.after(EventCursor.start, 1)
      const [event] = yield* Effect.repeat(page, { until: Arr.isNonEmptyReadonlyArray })
      assert.isDefined(event)
      const receivers = Effect.map(store.deliveries({ start: 0, count: 10 }), ({ data }) =>
        data.map(({ endpointId }) => endpointId).sort()
      )
      const [, removed] = yield* inTurn(store.queue(event), store.endpoints.remove(one.id))
      deepStrictEqual(Option.getRight(removed), Option.some(true))
      deepStrictEqual(yield* receivers, [other.id, kept.id].sort())

      yield* store.endpoints.remove(other.id)
      yield* store.endpoints.add(other)
      yield* store.endpoints.remove(kept.id)
      yield* store.endpoints.add(kept)
      const [, queued] = yield* inTurn(store.endpoints.remove(other.id), store.queue(event))
      assert.strictEqual(tagOf(queued), "ok")
      deepStrictEqual(yield* receivers, [kept.id])
    })
  )

  it.scoped("of a webhook is final, also for a change that begins before its end", () =>
    Effect.gen(function* () {
      const store = yield* WebhookStore.WebhookStore
      const endpoint = anEndpoint()
      yield* store.endpoints.add(endpoint)
      const change = store.endpoints.change(endpoint.id, (before) => ({ ...before, description: "changed" }))
      const [, changed] = yield* inTurn(store.endpoints.remove(endpoint.id), change)
      deepStrictEqual(Option.getRight(changed), Option.some(Option.none()))
      assert.isFalse((yield* store.endpoints.list).some(({ id }) => id === endpoint.id))
    })
  )
})
