import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { jainIndex, sharesOf } from "../support/simulation/fairness.ts"
import type { Film, Worker } from "../support/simulation/model.ts"
import { simulate } from "../support/simulation/simulate.ts"

/** Films of two renditions. Jobs are counted, not their duration. */
const filmsOf = (tenant: string, count: number, at: number): ReadonlyArray<Film> =>
  Array.from({ length: count }, (_, n) => ({ tenant, at, renditions: [30 + (n % 7), 30 + (n % 5)] }))

const workers = Array.from({ length: 6 }, (_, n): Worker => ({ name: `runner ${n}`, speed: [0.5, 1, 2][n % 3] ?? 1 }))

it.effect("tenants with a few films get as much as one with many, submitted before", () =>
  Effect.gen(function* () {
    const films = [...filmsOf("many", 30, 0), ...["a", "b", "c"].flatMap((name) => filmsOf(name, 8, 1))]
    const { work } = sharesOf(films, yield* simulate(films, workers))
    assert.isAtLeast(jainIndex([...work.values()]), 0.95)
  })
)

it.effect("tenants share the runners by weight", () =>
  Effect.gen(function* () {
    const tenantWeights = { heavy: 3 }
    const films = [...filmsOf("light", 18, 0), ...filmsOf("heavy", 24, 1)]
    const { work } = sharesOf(films, yield* simulate(films, workers, { tenantWeights }), tenantWeights)
    assert.isAtLeast(jainIndex([...work.values()]), 0.95)
  })
)
