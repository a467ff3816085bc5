import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, type RunnerJob } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aJob } from "../fixtures.ts"
import { assertJobs, idsOf, later, type StoreCases } from "../stores.ts"

const freshType = (name: string): string => `${name} ${crypto.randomUUID()}`

/** Contract of listSilent. */
export const silenceCases: StoreCases = (it) => {
  it.effect("lists silent jobs of one state, longest silent first", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const silentFor = (minutes: number, state: RunnerJob.JobState = "Processing") =>
        aJob({ state, updatedAt: later(-minutes * 60_000), runnerId: Option.none() })
      const [one, three, two] = [silentFor(1), silentFor(3), silentFor(2)]
      const [stored, pending] = [silentFor(3, "Completing"), silentFor(3, "Pending")]
      yield* store.insert([one, three, two, stored, pending])
      const mine = new Set(idsOf([one, two, three, stored, pending]))
      const since = one.updatedAt
      const list = (state: "Processing" | "Completing") =>
        Effect.map(store.listSilent({ state, since }), (jobs) => jobs.filter(({ id }) => mine.has(id)))
      assertJobs(yield* list("Processing"), [three, two])
      assertJobs(yield* list("Completing"), [stored])
      yield* store.commit([{ ...three, state: "Errored" }])
      assertJobs(yield* list("Processing"), [two])
    })
  )

  it.effect("lists silent jobs of the requested types, even among a hundred others", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const [wanted, also] = [freshType("wanted"), freshType("also")]
      const silent = (type: string, ago: number) => aJob({ type, state: "Processing", updatedAt: later(-ago) })
      const [one, two, loud] = [silent(wanted, 60_000), silent(also, 90_000), silent(wanted, -60_000)]
      const others = Arr.makeBy(101, (i) => silent("vod-hls-transcoding", 2_000_000_000 + i))
      yield* store.insert([one, two, loud, ...others])
      const list = (types: ReadonlyArray<string>) => store.listSilent({ state: "Processing", since: later(0), types })
      assertJobs(yield* list([wanted]), [one])
      assertJobs(yield* list([wanted, also]), [two, one])
      assertJobs(yield* list([]), [])
      const any = idsOf(yield* store.listSilent({ state: "Processing", since: later(0) }))
      assert.isFalse(any.includes(one.id))
      yield* store.commit([...others, one, two].map((job) => ({ ...job, state: "Errored" })) as [typeof one])
    })
  )

  it.effect("lists at most a hundred silent jobs, longest silent first", () =>
    Effect.gen(function* () {
      const store = yield* JobStore.JobStore
      const jobs = Arr.makeBy(130, (i) => aJob({ state: "Completing", updatedAt: later(-1_000_000_000 - i) }))
      yield* store.insert(jobs)
      const silent = yield* store.listSilent({ state: "Completing", since: later(0) })
      deepStrictEqual(idsOf(silent), idsOf(Arr.reverse(jobs).slice(0, 100)))
    })
  )
}
