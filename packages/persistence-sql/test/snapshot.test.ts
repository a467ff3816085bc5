import { layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob } from "@runner-connector/contracts"
import { JobStore, Snapshot } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Layer } from "effect"
import { outside } from "../src/hostTransaction.ts"
import { SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const { database } = usePostgres()

const stores = SqlStores.layerStores.pipe(Layer.provideMerge(database))

layer(stores, { excludeTestServices: true, timeout: "5 minutes" })("pages that are read on one snapshot", (it) => {
  for (const sort of ["createdAt", "updatedAt", "priority", "state", "progress"] as const) {
    it.effect(`have each job once while jobs arrive, change and go, by ${sort}`, () =>
      Effect.gen(function* () {
        const store = yield* JobStore.JobStore
        const type = `by-${sort}`
        const jobs = Arr.makeBy(12, (n) => aJob({ type, createdAt: DateTime.unsafeMake(n), priority: n }))
        yield* store.insert(jobs as unknown as Arr.NonEmptyArray<(typeof jobs)[number]>)
        const by = { types: [type], sort: { by: sort, descending: true } }
        const change = (n: number) =>
          Effect.gen(function* () {
            const [job] = yield* store.family(jobs[n]?.id ?? aJob().id)
            if (job !== undefined) yield* store.remove([job])
            yield* store.insert([aJob({ type, createdAt: DateTime.unsafeMake(100 + n), priority: 100 + n })])
          }).pipe(outside)
        const onSnapshot = yield* Snapshot.Snapshot
        const pages = yield* onSnapshot(
          Effect.forEach([0, 1, 2, 3], (page) =>
            Effect.zipLeft(store.list({ ...by, start: page * 3, count: 3 }), change(page * 2))
          )
        )
        const listed = pages.flatMap(({ data }) => data.map(({ id }) => id))
        deepStrictEqual(listed.toSorted(), jobs.map(({ id }) => id).toSorted())
      })
    )
  }
})
