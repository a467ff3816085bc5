import { it } from "@effect/vitest"
import { Effect } from "effect"
import { givenSeed } from "../support/properties.ts"
import { assertScheduled, schedules } from "../support/simulation/schedules.ts"

/** A slow machine stops after a quarter of an hour, with fewer schedules. */
const MOST = 900_000

const seed = givenSeed === undefined ? {} : { seed: givenSeed }

it.effect.prop(
  "up to 10,000 random schedules give each job to a runner that may have it, once, and let none starve",
  [schedules],
  ([schedule]) => Effect.asVoid(assertScheduled(schedule)),
  { timeout: 2 * MOST, fastCheck: { numRuns: 10_000, interruptAfterTimeLimit: MOST, ...seed } }
)
