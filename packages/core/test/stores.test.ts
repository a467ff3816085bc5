import { assert, it } from "@effect/vitest"
import {
  aJob,
  aNewRunner,
  aRegistrationToken,
  eventConsumersContract,
  eventStoreContract,
  jobQueueContract,
  jobStoreContract,
  mediaReportStoreContract,
  overviewStoreContract,
  presenceStoreContract,
  runnerStoreContract,
  sessionStoreContract,
  stateChangesContract,
  Transactions,
  uploadStoreContract,
  videoStoreContract,
  webhookStoreContract
} from "@runner-connector/contracts"
import { Effect, Layer, Option } from "effect"
import { JobStore } from "../src/ports/JobStore.ts"
import * as MemoryJobStore from "../src/ports/memory/MemoryJobStore.ts"
import * as MemoryRunnerStore from "../src/ports/memory/MemoryRunnerStore.ts"
import * as MemoryStores from "../src/ports/memory/MemoryStores.ts"
import { MemoryTransactions } from "../src/ports/memory/MemoryTransactions.ts"
import { RunnerStore } from "../src/ports/RunnerStore.ts"

const transactions = Layer.effect(Transactions, MemoryTransactions)

eventConsumersContract("memory", MemoryStores.layer)
eventStoreContract("memory", Layer.provideMerge(transactions, MemoryStores.layer))
stateChangesContract("memory", Layer.provideMerge(transactions, MemoryStores.layer))
jobStoreContract("memory", MemoryStores.layer)
jobQueueContract("memory", MemoryStores.layer)
overviewStoreContract("memory", MemoryStores.layer)
presenceStoreContract("memory", MemoryStores.layer)
runnerStoreContract("memory", MemoryStores.layer)
sessionStoreContract("memory", MemoryStores.layer)
uploadStoreContract("memory", MemoryStores.layer)
videoStoreContract("memory", MemoryStores.layer)
mediaReportStoreContract("memory", MemoryStores.layer)
webhookStoreContract("memory", MemoryStores.layer)

it.effect("gives every use of the layer a memory of its own", () =>
  Effect.gen(function* () {
    const job = aJob()
    const insert = Effect.flatMap(JobStore, (store) => store.insert([job]))
    const read = Effect.flatMap(JobStore, (store) => store.family(job.id))
    for (const layer of [MemoryStores.layer, MemoryJobStore.layer]) {
      assert.lengthOf(yield* Effect.provide(Effect.zipRight(insert, read), layer), 1)
      assert.lengthOf(yield* Effect.provide(read, layer), 0)
    }
  })
)

it.effect("keeps runners without any other store", () =>
  Effect.gen(function* () {
    const store = yield* RunnerStore
    const { id: registrationTokenId } = yield* aRegistrationToken
    const runner = yield* store.insert(aNewRunner({ registrationTokenId }))
    assert.isTrue(Option.isSome(yield* store.remove(runner.id)))
  }).pipe(Effect.provide(MemoryRunnerStore.layer))
)
