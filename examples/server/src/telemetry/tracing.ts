import * as OtlpMetrics from "@effect/opentelemetry/OtlpMetrics"
import * as OtlpSerialization from "@effect/opentelemetry/OtlpSerialization"
import * as OtlpTracer from "@effect/opentelemetry/OtlpTracer"
import type { HttpClient } from "@effect/platform"
import type { StateChanges } from "@runner-connector/core"
import { Effect, Layer, Redacted, type Scope } from "effect"
import type { OtlpSettings } from "./OtlpSettings.ts"
import { traceChanges } from "./traceChanges.ts"

const serviceName = "runner-connector"

/** Sends metrics, and an observer that sends the spans of changes, by OTLP over HTTP in JSON. */
export const makeExport = ({
  endpoint,
  headers
}: OtlpSettings): Effect.Effect<StateChanges.Observer, never, HttpClient.HttpClient | Scope.Scope> =>
  Effect.gen(function* () {
    const common = { resource: { serviceName }, headers: Redacted.value(headers) }
    const url = (path: string) => new URL(path, endpoint.href.endsWith("/") ? endpoint : `${endpoint.href}/`).href
    yield* Layer.build(OtlpMetrics.layer({ ...common, url: url("v1/metrics") }))
    return traceChanges(yield* OtlpTracer.make({ ...common, url: url("v1/traces") }))
  }).pipe(Effect.provide(OtlpSerialization.layerJson))
