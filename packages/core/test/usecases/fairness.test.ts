import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { jainIndex, sharesOf } from "../support/simulation/fairness.ts"
import type { Film, Worker } from "../support/simulation/model.ts"
import { simulate } from "../support/simulation/simulate.ts"

/** Films of two renditions, of different lengths. */
const filmsOf = (tenant: string, count: number): ReadonlyArray<Film> =>
  Array.from({ length: count }, (_, n) => ({ tenant, at: 0, renditions: [20 + (n % 7), 40 + (n % 5)] }))

const workers = Array.from({ length: 8 }, (_, n): Worker => ({ name: `runner ${n}`, speed: [0.5, 1, 2][n % 3] ?? 1 }))

const films = [...filmsOf("many", 100), ...["a", "b", "c"].flatMap((name) => filmsOf(name, 15))]

it.effect("tenants with a few films get as much as one with a hundred", () =>
  Effect.gen(function* () {
    const { work } = sharesOf(films, yield* simulate(films, workers))
    assert.isAtLeast(jainIndex([...work.values()]), 0.95)
  })
)

it.effect("tenants share the runners by weight", () =>
  Effect.gen(function* () {
    const tenantWeights = { many: 0.5, a: 2 }
    const { work } = sharesOf(films, yield* simulate(films, workers, { tenantWeights }), tenantWeights)
    assert.isAtLeast(jainIndex([...work.values()]), 0.95)
  })
)
