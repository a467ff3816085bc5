import type { HttpClient } from "@effect/platform"
import { StateChanges, Telemetry } from "@runner-connector/core"
import { Effect, Layer, Option } from "effect"
import { Settings } from "../Settings.ts"

/** Logs and counts every committed change, and sends it to a collector. Its packages are loaded only for that. */
export const layer: Layer.Layer<never, never, Settings | HttpClient.HttpClient> = Layer.scoped(
  StateChanges.StateChanges,
  Effect.gen(function* () {
    const { otlp } = yield* Settings
    const observers = [Telemetry.logChanges, Telemetry.countChanges]
    if (Option.isNone(otlp)) return observers
    const { makeExport } = yield* Effect.promise(() => import("./tracing.ts"))
    return [...observers, yield* makeExport(otlp.value)]
  })
) as Layer.Layer<never, never, Settings | HttpClient.HttpClient>
