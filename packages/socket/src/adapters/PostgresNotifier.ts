import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import type { ConnectionOptions } from "node:tls"
import type { RunnerNotifier, RunnerStore } from "@runner-connector/core"
import { createAdapter } from "@socket.io/postgres-adapter"
import { Effect, type Layer, Redacted, type Scope } from "effect"
import type { Pool } from "pg"
import * as SocketNotifier from "../SocketNotifier.ts"
import { NotificationPool } from "./NotificationPool.ts"
import { makeOutage } from "./outage.ts"

/** How to reach PostgreSQL, and the options of the notifier. */
export interface PostgresNotifierOptions extends SocketNotifier.SocketNotifierOptions {
  readonly url: Redacted.Redacted<string>
  /** TLS options that the URL does not contain, such as a CA certificate. */
  readonly ssl?: boolean | ConnectionOptions | undefined
  /** Begins the names of the notification channels. Default: `socket.io`. */
  readonly channelPrefix?: string | undefined
}

const CLOSE_TIMEOUT = "2 seconds"

/** The longest interval that a timer can have. The adapter would empty a table that is never used. */
const NEVER = 2 ** 31 - 1

const adapter = ({ channelPrefix = "socket.io", ssl, url }: PostgresNotifierOptions) =>
  Effect.gen(function* () {
    const outageOf = yield* makeOutage("PostgreSQL for notifications")
    const config = { connectionString: Redacted.value(url), application_name: "runner-connector notifications" }
    const pool = yield* Effect.acquireRelease(
      Effect.sync(() => new NotificationPool(ssl === undefined ? config : { ...config, ssl }, outageOf)),
      (pool) => Effect.promise(() => pool.close()).pipe(Effect.interruptible, Effect.timeoutOption(CLOSE_TIMEOUT))
    )
    return createAdapter(pool as unknown as Pool, {
      channelPrefix,
      cleanupInterval: NEVER,
      errorHandler: outageOf("sending").down
    })
  })

/**
 * Pings runners of all processes that use the same PostgreSQL database, by `LISTEN` and `NOTIFY`. Keeps two connections
 * to the database. No table is needed, because the messages are shorter than 8,000 bytes. A host that adds namespaces of
 * its own can send longer ones after it has created the adapter's table `socket_io_attachments`.
 *
 * While PostgreSQL is away, each process pings its own runners. The connection of `url` must keep its session: a pooler
 * in transaction mode does not forward notifications.
 */
export const layer = <E = never, R = never>(
  server: HttpServer | HttpsServer | Effect.Effect<HttpServer | HttpsServer, E, R>,
  options: PostgresNotifierOptions
): Layer.Layer<RunnerNotifier.RunnerNotifier, E, Exclude<R, Scope.Scope> | RunnerStore.RunnerStore> =>
  SocketNotifier.layerWithAdapter(server, adapter(options), options)
