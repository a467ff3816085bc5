import { Context, DefaultServices, Effect, Tracer } from "effect"

/** Effect's default tracer. Nothing reads its spans. */
const nobody = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Makes spans only for a tracer of the host, because each costs as much as several steps of the work inside. */
export const whenTraced = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.tracerWith((tracer) => (tracer === nobody ? Effect.withTracerEnabled(effect, false) : effect))
