import { NodeRuntime } from "@effect/platform-node"
import { Effect, Redacted } from "effect"
import { EmbeddedPostgres } from "../src/index.ts"

/**
 * A process that runs an embedded PostgreSQL, for tests that kill it. Reads its order from the arguments, prints the server
 * as a line of JSON, and waits.
 */
interface Order {
  readonly options: EmbeddedPostgres.Options
  /** The user to become first. Only root can. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Calls `process.exit` as soon as the server works, without closing the scope. */
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
