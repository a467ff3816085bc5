import { Effect } from "effect"
import { MissingPackage } from "../errors/index.ts"

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && /^(ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND)$/.test(String(cause.code))

/** The package that the failed import has named. It may be one that the optional package needs. */
const nameOf = (cause: unknown): string | undefined =>
  /Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)/.exec(cause instanceof Error ? cause.message : "")?.[1]

/** Loads a package that applications install only when they need it. */
export const load = <A>(purpose: string, load: () => Promise<A>): Effect.Effect<A, MissingPackage> =>
  Effect.tryPromise({
    try: load,
    catch: (cause) => {
      const name = nameOf(cause)
      return isMissing(cause) && name !== undefined && !name.startsWith(".")
        ? new MissingPackage({
            message: `${purpose} needs the package ${name}. Install it: npm install ${name}`,
            details: { package: name }
          })
        : new MissingPackage({ message: `${purpose} could not be loaded`, cause })
    }
  })
