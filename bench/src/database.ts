import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Exit, Redacted, Scope } from "effect"

/** A PostgreSQL of its own, with the settings of the bundled server. */
export interface Database {
  readonly url: string
  /** The process whose children are the backends. */
  readonly pid: number
  readonly stop: () => Promise<void>
}

export const startDatabase = async (directory: string): Promise<Database> => {
  const scope = Effect.runSync(Scope.make())
  const stop = () => Effect.runPromise(Scope.close(scope, Exit.void))
  const started = Effect.onError(Scope.extend(EmbeddedPostgres.start({ directory }), scope), (cause) =>
    Scope.close(scope, Exit.failCause(cause))
  )
  const { pid, url } = await Effect.runPromise(started)
  return { url: Redacted.value(url), pid: await Effect.runPromise(pid), stop }
}
