import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { assertHarmless, type Broken, broken, reasons } from "../support/brokenRunners.ts"

/** A runner that gives jobs back has stopped. That is no failure. */
const NO_FAILURE: ReadonlySet<Broken> = new Set(["gives each job back"])

describe.each(Object.keys(broken) as ReadonlyArray<Broken>)("a runner that %s", (kind) => {
  it.effect.each([1, 2])(
    "costs little among nine others, even %s of it",
    (count) =>
      Effect.gen(function* () {
        const found = yield* reasons(yield* assertHarmless(kind, count))
        assert.lengthOf(found, NO_FAILURE.has(kind) ? 0 : count)
      }),
    120_000
  )
})
