import { it } from "@effect/vitest"
import { Effect } from "effect"
import { propertyOptions } from "../support/properties.ts"
import { assertScheduled, schedules } from "../support/simulation/schedules.ts"

it.effect.prop(
  "random schedules give each job to a runner that may have it, once, and let none starve",
  [schedules],
  ([schedule]) => Effect.asVoid(assertScheduled(schedule)),
  propertyOptions(20)
)
