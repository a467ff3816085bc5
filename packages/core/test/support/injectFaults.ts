import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Fault } from "./faults.ts"
import type { Swept } from "./sweep.ts"

/** A scenario with its injected faults. */
export interface Row {
  readonly name: string
  readonly faults: ReadonlyArray<Fault>
  /** The faults of the short tests. The long tests inject the others. */
  readonly quick: ReadonlyArray<Fault>
  /** The minimum number of calls. */
  readonly atLeast: number
  readonly run: (fault: Fault, others: ReadonlyArray<Fault>) => Effect.Effect<Swept>
}

/** For a busy machine. A fault strikes at up to a hundred calls, and each run continues to the end of the scenario. */
const TIMEOUT = 300_000

/** Tests each scenario with its quick faults, or with all others. A fault strikes at each call of a port in turn. */
export const injectFaults = (table: ReadonlyArray<Row>, which: "quick" | "others"): void => {
  let points = 0
  afterAll(() => console.info(`Faults were injected at ${points} points.`))

  for (const { atLeast, faults, name, quick, run } of table) {
    const chosen = faults.filter((fault) => quick.includes(fault) === (which === "quick"))
    if (chosen.length === 0) continue
    describe(`${name}, and each call of a port in turn`, () => {
      for (const fault of chosen) {
        it.effect(
          fault,
          () =>
            Effect.gen(function* () {
              const swept = yield* run(fault, faults)
              assert.isAtLeast(swept.calls, atLeast)
              assert.isAtLeast(swept.points, 1)
              points += swept.points
            }),
          TIMEOUT
        )
      }
    })
  }
}
