import { createServer } from "node:http"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { ConnectorConfig, ConnectorHooks, PlaybackAccess, RunnerConnector, VideoFiles } from "@runner-connector/core"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { H3Runners } from "@runner-connector/http-h3"
import { SqlStores } from "@runner-connector/persistence-sql"
import * as Probe from "@runner-connector/probe/auto"
import { PlaybackWeb, RunnerWeb } from "@runner-connector/protocol"
import { SocketNotifier } from "@runner-connector/socket"
import { FsStorage } from "@runner-connector/storage-fs"
import { Config, Effect, Layer } from "effect"
import { announce, routes } from "./routes.js"

const server = createServer()

const Hooks = ConnectorHooks.layer({ videoPlayable: (video) => Effect.log("Plays now", video.id) })

const Http = Layer.unwrapEffect(
  Effect.gen(function* () {
    return H3Runners.serve(server, { port: yield* Config.withDefault(Config.port("PORT"), 9000), app: yield* routes })
  })
)

const publicUrl = Config.withDefault(Config.url("PUBLIC_URL"), new URL("http://localhost:9000"))

Layer.effectDiscard(announce).pipe(
  Layer.provide(Http),
  Layer.provide([RunnerWeb.layer, PlaybackWeb.layer.pipe(Layer.provide(VideoFiles.layer))]),
  Layer.provide([RunnerConnector.layer, PlaybackAccess.layerOpen]),
  Layer.provideMerge(
    Layer.mergeAll(FsStorage.layer({ root: ".data/storage" }), Probe.layer, SocketNotifier.layer(server), Hooks)
  ),
  Layer.provideMerge(Layer.unwrapEffect(Effect.map(publicUrl, ConnectorConfig.layerFromEnv))),
  Layer.provideMerge(SqlStores.layer),
  Layer.provide(EmbeddedPostgres.layer({ directory: ".data/postgres" })),
  Layer.provide(NodeContext.layer),
  Layer.launch,
  NodeRuntime.runMain
)
