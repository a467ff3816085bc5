import { ApiWeb } from "@runner-connector/protocol"
import { Effect, Layer } from "effect"
import type { ReadOptions } from "../options/readOptions.ts"

type Needs = Layer.Layer.Context<ReturnType<typeof ApiWeb.layerWith>>

/** Completes when the connector begins to close. */
const closed = (closing: AbortSignal): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (closing.aborted) resume(Effect.void)
    else closing.addEventListener("abort", () => resume(Effect.void), { once: true })
  })

/** Serves the API of the console, as the options say. Without options nothing serves it. */
export const layer = ({ api, uploads }: ReadOptions, closing: AbortSignal): Layer.Layer<never, never, Needs> => {
  if (api === undefined) return Layer.empty
  const served = ApiWeb.layerWith({ ...api, resumableUploads: uploads !== undefined, until: closed(closing) })
  // Optional, so no type names it. `http/routes.ts` finds it.
  return served as unknown as Layer.Layer<never, never, Needs>
}
