import { it } from "@effect/vitest"
import { Effect } from "effect"
import { effort, givenSeed } from "../support/properties.ts"
import { assertScheduled, schedules } from "../support/simulation/schedules.ts"

const seed = givenSeed === undefined ? {} : { seed: givenSeed }

it.effect.prop(
  "a thousand random schedules give each job to a runner that may have it, once, and let none starve",
  [schedules],
  ([schedule]) => Effect.asVoid(assertScheduled(schedule)),
  { timeout: 600_000 * effort, fastCheck: { numRuns: Math.ceil(1_000 * effort), ...seed } }
)
