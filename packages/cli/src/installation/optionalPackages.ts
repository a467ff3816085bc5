import { missingPackage } from "@runner-connector/core"
import { Effect } from "effect"
import { Refusal } from "../Refusal.ts"

/** Loads a package that is installed only where it is needed. The error names the missing package. */
export const loadOptional = <A>(purpose: string, load: () => Promise<A>): Effect.Effect<A, Refusal> =>
  Effect.tryPromise({
    try: load,
    catch: (cause) => {
      const name = missingPackage(cause)
      const reason =
        name !== undefined
          ? `needs the package ${name}. Install it beside this program: npm install ${name}`
          : `could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`
      return new Refusal({ message: `${purpose} ${reason}` })
    }
  })
