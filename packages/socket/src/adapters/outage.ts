import { Effect, Runtime } from "effect"

/** Reports the state of one part, such as a connection. Repeated reports of the same state are ignored. */
export interface Outage {
  readonly down: (error: unknown) => void
  readonly up: () => void
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reasonOf).join(", ")
  return error.message
}

/**
 * Logs one line when the first part fails and one when all parts work again, however often the clients report errors in
 * between. Errors are logged by their message only, because their other fields may contain a password.
 */
export const makeOutage = (broker: string): Effect.Effect<(part: string) => Outage> =>
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const run = Runtime.runFork(runtime)
    const failed = new Set<string>()
    const down = (part: string, error: unknown) => {
      if (failed.size === 0) {
        const consequence = "Runners at other server processes get their pings up to a second later"
        run(Effect.logWarning(`${broker} cannot be used: ${reasonOf(error)}. ${consequence}.`))
      }
      failed.add(part)
    }
    const up = (part: string) => {
      if (failed.delete(part) && failed.size === 0) run(Effect.logInfo(`${broker} works again`))
    }
    return (part) => ({ down: (error) => down(part, error), up: () => up(part) })
  })
