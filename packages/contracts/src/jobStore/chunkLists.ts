import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, type RunnerJob } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aJob } from "../fixtures.ts"
import { idsOf, later, type StoreCases } from "../stores.ts"

/** A job alone, and a rendition of three chunks. */
const someJobs = (type: string) => {
  const renditionId = crypto.randomUUID()
  const states: ReadonlyArray<Partial<RunnerJob.RunnerJob>> = [
    { state: "Completed" },
    { state: "Processing", progress: Option.some(50) },
    { state: "Pending" }
  ]
  const chunks = states.map((over, index) =>
    aJob({
      ...{ type, renditionId: Option.some(renditionId), chunk: Option.some(index), createdAt: later(index + 1) },
      ...{ privatePayload: { share: [0.2, 0.3, 0.5][index] }, ...over }
    })
  )
  return { alone: aJob({ type }), chunks, renditionId }
}

/** Contract of lists with renditions that are made in chunks. */
export const chunkListCases: StoreCases = (it) => {
  it.effect("lists a rendition as one job, with the progress of its chunks", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const type = `chunks ${crypto.randomUUID()}`
      const { alone, chunks, renditionId } = someJobs(type)
      yield* store.insert([alone, ...chunks])
      const page = { start: 0, count: 10 }
      const all = yield* store.list({ types: [type], ...page })
      deepStrictEqual(
        all.data.map((job) => [job.id, job.chunks]),
        [
          [chunks[0]?.id, Option.some({ total: 3, completed: 1, progress: 35 })],
          [alone.id, Option.none()]
        ] as never
      )
      assert.strictEqual(all.total, 2)
      const pending = yield* store.list({ types: [type], states: ["Pending", "Processing"], ...page })
      deepStrictEqual(idsOf(pending.data), [chunks[1]?.id, alone.id] as never)
      const sort = { by: "createdAt", descending: false } as const
      const own = yield* store.list({ renditionId, sort, ...page })
      deepStrictEqual([idsOf(own.data), own.total], [idsOf(chunks), 3] as never)
    })
  )
}
