import { deepStrictEqual } from "@effect/vitest/utils"
import { JobQueue, JobStore } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option } from "effect"
import { aJob } from "../fixtures.ts"
import { later, type StoreCases } from "../stores.ts"
import { claim, freshType } from "./claim.ts"

const available = (types: ReadonlyArray<string>, at: DateTime.Utc) =>
  Effect.gen(function* () {
    const found = yield* (yield* JobQueue.JobQueue).available({ types, at })
    const rows = found.map(({ since, ...kind }) => ({ ...kind, since: DateTime.formatIso(since) }))
    return rows.toSorted((a, b) => JSON.stringify(a.requirements).localeCompare(JSON.stringify(b.requirements)))
  })

/** Contract of available. */
export const availableCases: StoreCases = (it) => {
  it.effect("counts pending jobs per type and returns when the oldest became available", () =>
    Effect.gen(function* () {
      const [type, other] = [freshType("counted"), freshType("not counted")]
      const at = (millis: number) => later(millis)
      yield* (yield* JobStore.JobStore).insert([
        aJob({ type, updatedAt: at(20) }),
        aJob({ type, updatedAt: at(10) }),
        aJob({ type, updatedAt: at(0), notBefore: Option.some(at(15)) }),
        aJob({ type, updatedAt: at(5), requirements: ["cut"] }),
        aJob({ type, updatedAt: at(0), notBefore: Option.some(at(101)) }),
        aJob({ type, state: "Processing" }),
        aJob({ type: other })
      ])
      const since = (millis: number) => DateTime.formatIso(at(millis))
      deepStrictEqual(yield* available([type, "unknown"], at(100)), [
        { type, requirements: ["cut"], labels: [], jobs: 1, since: since(5) },
        { type, requirements: [], labels: [], jobs: 3, since: since(10) }
      ])
      deepStrictEqual(yield* available([], at(100)), [])
    })
  )

  it.effect("excludes reserved jobs until their reservation ends", () =>
    Effect.gen(function* () {
      const type = freshType("kept")
      yield* (yield* JobStore.JobStore).insert([aJob({ type }), aJob({ type })])
      const count = (millis: number) =>
        Effect.map(
          available([type], later(millis)),
          Arr.map(({ jobs }) => jobs)
        )
      yield* claim({ types: [type], at: later(0) })
      deepStrictEqual(yield* count(1999), [1])
      deepStrictEqual(yield* count(2000), [2])
    })
  )

  it.effect("counts at most a thousand jobs of a type", () =>
    Effect.gen(function* () {
      const type = freshType("many")
      yield* (yield* JobStore.JobStore).insert(Arr.makeBy(1100, () => aJob({ type })))
      deepStrictEqual(
        Arr.map(yield* available([type], later(0)), ({ jobs }) => jobs),
        [1000]
      )
    })
  )
}
