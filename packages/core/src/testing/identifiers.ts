import { Effect, Layer } from "effect"
import { Identifiers } from "../ports/Tokens.ts"

/** UUIDs in order: `00000000-0000-4000-8000-000000000001`, then 2, and so on. Tokens contain them. */
export const layer: Layer.Layer<Identifiers> = Layer.sync(Identifiers, () => {
  let last = 0
  return {
    uuid: Effect.sync(() => {
      last += 1
      return `00000000-0000-4000-8000-${String(last).padStart(12, "0")}`
    })
  }
})
