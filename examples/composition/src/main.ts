import { createServer } from "node:http"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { ConnectorConfig, ConnectorHooks, RunnerConnector } from "@runner-connector/core"
import { H3Runners } from "@runner-connector/http-h3"
import { SqlStores } from "@runner-connector/persistence-sql"
import * as Ffprobe from "@runner-connector/probe/ffprobe"
import { RunnerWeb } from "@runner-connector/protocol"
import { SocketNotifier } from "@runner-connector/socket"
import { FsStorage } from "@runner-connector/storage-fs"
import { Config, Effect, Layer } from "effect"

const server = createServer()

const Hooks = ConnectorHooks.layer({ videoPlayable: (video) => Effect.log("Plays now", video.id) })

H3Runners.serve(server, { port: 9000 }).pipe(
  Layer.provide(RunnerWeb.layer),
  Layer.provide(RunnerConnector.layer),
  Layer.provide([FsStorage.layer({ root: "/srv/videos" }), Ffprobe.layer, SocketNotifier.layer(server), Hooks]),
  Layer.provide(ConnectorConfig.layerFromEnv(new URL("https://media.example"))),
  Layer.provide(SqlStores.layer),
  Layer.provide(PgClient.layerConfig({ url: Config.redacted("DATABASE_URL") })),
  Layer.provide(NodeContext.layer),
  Layer.launch,
  NodeRuntime.runMain
)
