import { ApiWeb } from "@runner-connector/protocol"
import { Effect, Layer } from "effect"
import type { ApiOptions } from "../options/ApiOptions.ts"

type Needs = Layer.Layer.Context<ReturnType<typeof ApiWeb.layerWith>>

/** Completes when the connector begins to close. */
const closed = (closing: AbortSignal): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (closing.aborted) resume(Effect.void)
    else closing.addEventListener("abort", () => resume(Effect.void), { once: true })
  })

/** Serves the API of the console, as the options say. Without options nothing serves it. */
export const layer = (options: ApiOptions | undefined, closing: AbortSignal): Layer.Layer<never, never, Needs> =>
  options === undefined
    ? Layer.empty
    : // Optional, so no type names it. `http/routes.ts` finds it.
      (ApiWeb.layerWith({ ...options, until: closed(closing) }) as unknown as Layer.Layer<never, never, Needs>)
