import { NodeRuntime } from "@effect/platform-node"
import { Effect, Redacted } from "effect"
import { EmbeddedPostgres } from "../src/index.ts"

/**
 * A process of its own that runs a PostgreSQL, for tests that kill it. Reads what to do from its arguments, says in a
 * line of JSON what it runs, and then waits to be ended.
 */
interface Order {
  readonly options: EmbeddedPostgres.Options
  /** Becomes this user before it begins; root alone can. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Leaves by `process.exit` as soon as the server works, and so leaves the scope open. */
  readonly exits?: boolean
}

const order = JSON.parse(process.argv[2] ?? "") as Order

if (order.user !== undefined) {
  process.setgroups?.([])
  process.setgid?.(order.user.gid)
  process.setuid?.(order.user.uid)
}

const program = Effect.gen(function* () {
  const { pid, url } = yield* EmbeddedPostgres.start(order.options)
  process.stdout.write(`${JSON.stringify({ pid: yield* pid, url: Redacted.value(url) })}\n`)
  if (order.exits === true) process.exit(0)
  yield* Effect.never
})

NodeRuntime.runMain(Effect.scoped(program))
