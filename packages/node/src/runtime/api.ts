import { ApiWeb } from "@runner-connector/protocol"
import { Effect, Layer } from "effect"
import type { ReadOptions } from "../options/readOptions.ts"

type Needs = Layer.Layer.Context<ReturnType<typeof ApiWeb.layerWith>>

/** Completes when the signal that is valid now is aborted. */
const aborted = (signalNow: () => AbortSignal): Effect.Effect<void> =>
  Effect.async((resume) => {
    const signal = signalNow()
    const end = () => resume(Effect.void)
    if (signal.aborted) end()
    else signal.addEventListener("abort", end, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", end))
  })

/**
 * Serves the API of the console, as the options say. Without options nothing serves it. A stream of events ends when
 * the signal that was valid at its beginning is aborted.
 */
export const layer = (
  { api, uploads }: ReadOptions,
  endOfStreams: () => AbortSignal
): Layer.Layer<never, never, Needs> => {
  if (api === undefined) return Layer.empty
  const served = ApiWeb.layerWith({ ...api, resumableUploads: uploads !== undefined, until: aborted(endOfStreams) })
  // Optional, so no type names it. `http/routes.ts` finds it.
  return served as unknown as Layer.Layer<never, never, Needs>
}
