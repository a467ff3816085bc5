import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import {
  ConnectorConfig,
  MemoryDisk,
  MemoryFileStorage,
  MemoryMediaCutter,
  MemoryMediaProbe,
  MemoryMediaRemuxer,
  RunnerConnector,
  RunnerNotifier
} from "@runner-connector/core"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Effect, Layer, Redacted } from "effect"
import * as ExampleServer from "./ExampleServer.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

/**
 * The bundled server in its own process, and the use cases of this process on the same database. This process has no
 * sockets. The server learns of new jobs from the database.
 */
export const layer = Layer.unwrapScoped(
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { url } = yield* EmbeddedPostgres.start({ directory: join(folder, "postgres"), fsync: false })
    const port = yield* freePort
    const env = { DATABASE_URL: Redacted.value(url), LOCAL_RUNNER: "off" }
    const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port, env })
    return RunnerConnector.layerUseCases.pipe(
      Layer.provideMerge(SqlStores.layer),
      Layer.provideMerge(ConnectorConfig.layer({ publicUrl: new URL(server.url) })),
      Layer.provideMerge(RunnerNotifier.layerSilent),
      Layer.provide([
        MemoryFileStorage.layer,
        MemoryMediaProbe.layer,
        MemoryMediaRemuxer.layer,
        MemoryMediaCutter.layer
      ]),
      Layer.provide(Layer.sync(MemoryDisk.MemoryDisk, () => new Map())),
      Layer.provide(PgClient.layer({ url, maxConnections: 4 }))
    )
  })
).pipe(Layer.provide(NodeContext.layer))
