import { missingPackage } from "@runner-connector/core"
import { Effect } from "effect"
import { MissingPackage } from "../errors/index.ts"

/** Loads a package that applications install only when they need it. */
export const load = <A>(purpose: string, load: () => Promise<A>): Effect.Effect<A, MissingPackage> =>
  Effect.tryPromise({
    try: load,
    catch: (cause) => {
      const name = missingPackage(cause)
      return name !== undefined
        ? new MissingPackage({
            message: `${purpose} needs the package ${name}. Install it: npm install ${name}`,
            details: { package: name }
          })
        : new MissingPackage({ message: `${purpose} could not be loaded`, cause })
    }
  })
