import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, RunnerHealth, RunnerStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aJob, aRegisteredRunner, someMoment } from "../fixtures.ts"
import type { StoreCases } from "../stores.ts"

/** Contract of workloads. */
export const workloadCases: StoreCases = (it) => {
  it.effect("counts only the jobs that each runner processes", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const abilities = { version: Option.some("0.4.0"), jobTypes: Option.some(["vod-hls-transcoding"]) }
      const [busy, idle, other] = [
        yield* aRegisteredRunner(abilities),
        yield* aRegisteredRunner(),
        yield* aRegisteredRunner()
      ]
      const held = (state: "Processing" | "Completing" | "Completed", id = busy.id) =>
        aJob({ state, runnerId: Option.some(id) })
      yield* (yield* JobStore.JobStore).insert([
        held("Processing"),
        held("Processing"),
        held("Completing"),
        held("Completed"),
        held("Completed", idle.id)
      ])
      const byId = (all: ReadonlyArray<RunnerStore.RunnerWorkload>) => all.toSorted((a, b) => a.id - b.id)
      const usual = {
        labels: [],
        state: "active" as const,
        health: RunnerHealth.unknownHealth,
        online: false,
        onlineSince: Option.none(),
        lastContact: someMoment
      }
      const nothing = { ...usual, version: Option.none(), jobTypes: Option.none(), processing: 0 }
      deepStrictEqual(byId(yield* store.workloads([busy.id, idle.id])), [
        { ...usual, id: busy.id, ...abilities, processing: 2 },
        { id: idle.id, ...nothing }
      ])
      deepStrictEqual(yield* store.workloads([]), [])
      const all = yield* store.workloads()
      deepStrictEqual(
        all.filter(({ id }) => id === other.id),
        [{ id: other.id, ...nothing }]
      )
    })
  )
}
