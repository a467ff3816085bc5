import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { PgClient } from "@effect/sql-pg"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Effect, Layer, Redacted } from "effect"
import { type Broker, notifierOver } from "./brokers.ts"

/** A process with a notifier. Prints its port. */
const { broker, database } = JSON.parse(process.argv[2] ?? "") as { broker: Broker; database: string }

const server = createServer()
const stores = SqlStores.layerWithoutMigrations.pipe(
  Layer.provide(PgClient.layer({ url: Redacted.make(database), maxConnections: 3 }))
)
const listening = Layer.effectDiscard(
  Effect.async<void>((resume) => {
    server.listen(0, "127.0.0.1", () => {
      console.log(`port ${(server.address() as AddressInfo).port}`)
      resume(Effect.void)
    })
  })
)

NodeRuntime.runMain(Layer.launch(Layer.provideMerge(listening, Layer.provide(notifierOver(broker, server), stores))))
