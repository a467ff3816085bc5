import type { Server } from "node:http"
import type { RunnerNotifier, RunnerStore } from "@runner-connector/core"
import type { SocketNotifier } from "@runner-connector/socket"
import { PostgresNotifier } from "@runner-connector/socket/postgres"
import { RedisNotifier } from "@runner-connector/socket/redis"
import { type Layer, Redacted } from "effect"

/** How the processes of a test reach each other. It can be passed to another process as JSON. */
export type Broker =
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "sentinel"; readonly master: string; readonly ports: ReadonlyArray<number> }

/** The notifier of one process, with the ready-made layer for the broker. */
export const notifierOver = (
  broker: Broker,
  server: Server,
  options: SocketNotifier.SocketNotifierOptions = {}
): Layer.Layer<RunnerNotifier.RunnerNotifier, never, RunnerStore.RunnerStore> => {
  switch (broker.kind) {
    case "postgres":
      return PostgresNotifier.layer(server, { url: Redacted.make(broker.url), ...options })
    case "redis":
      return RedisNotifier.layer(server, { url: Redacted.make(broker.url), ...options })
    case "sentinel": {
      const sentinels = broker.ports.map((port) => ({ host: "127.0.0.1", port }))
      return RedisNotifier.layerSentinel(server, { sentinels, master: broker.master, ...options })
    }
  }
}
