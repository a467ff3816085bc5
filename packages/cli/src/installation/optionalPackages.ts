import { Effect } from "effect"
import { Refusal } from "../Refusal.ts"

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && /^(ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND)$/.test(String(cause.code))

/** The package that the failed import has named. It may be one that the optional package needs. */
const nameOf = (cause: unknown): string | undefined =>
  /Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)/.exec(cause instanceof Error ? cause.message : "")?.[1]

/** Loads a package that is installed only where it is needed. The error names the missing package. */
export const loadOptional = <A>(purpose: string, load: () => Promise<A>): Effect.Effect<A, Refusal> =>
  Effect.tryPromise({
    try: load,
    catch: (cause) => {
      const name = nameOf(cause)
      const reason =
        isMissing(cause) && name !== undefined && !name.startsWith(".")
          ? `needs the package ${name}. Install it beside this program: npm install ${name}`
          : `could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`
      return new Refusal({ message: `${purpose} ${reason}` })
    }
  })
