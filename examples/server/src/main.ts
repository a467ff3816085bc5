import { createServer } from "node:http"
import { NodeContext, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { ConnectorConfig, RunnerConnector } from "@runner-connector/core"
import { RunnerWeb } from "@runner-connector/core/protocol"
import { AutoFfmpeg } from "@runner-connector/ffmpeg"
import { SqlStores } from "@runner-connector/persistence-sql"
import * as Probe from "@runner-connector/probe/auto"
import { SocketNotifier } from "@runner-connector/socket"
import { FsStorage } from "@runner-connector/storage-fs"
import { Effect, Layer } from "effect"
import * as AdminAccess from "./AdminAccess.ts"
import * as Announcement from "./Announcement.ts"
import * as Database from "./Database.ts"
import * as LocalRunners from "./LocalRunners.ts"
import * as Server from "./Server.ts"
import * as Settings from "./Settings.ts"
import * as Uploads from "./Uploads.ts"

const server = createServer()

const Stores = SqlStores.layer.pipe(Layer.provide(Database.layer))

const Files = Layer.unwrapEffect(
  Effect.map(Settings.Settings, ({ dataDir }) => FsStorage.layer({ root: `${dataDir}/storage` }))
)

const Config = Layer.unwrapEffect(
  Effect.map(Settings.Settings, ({ publicUrl }) => ConnectorConfig.layerFromEnv(publicUrl))
)

const Wire = Layer.unwrapEffect(
  Effect.map(Settings.Settings, ({ dataDir }) => RunnerWeb.layerWith({ spoolDirectory: `${dataDir}/spool` }))
)

LocalRunners.layer.pipe(
  Layer.provideMerge(Announcement.layer),
  Layer.provideMerge(Server.layer(server)),
  Layer.provide(Layer.mergeAll(Wire, Uploads.layer, AdminAccess.layer)),
  Layer.provide(RunnerConnector.layer),
  Layer.provide(Layer.mergeAll(Files, Probe.layer, SocketNotifier.layer(server), Config)),
  Layer.provide(Layer.mergeAll(Stores, AutoFfmpeg.layer)),
  Layer.provide(Settings.layer),
  Layer.provide(Layer.mergeAll(NodeContext.layer, NodeHttpClient.layer)),
  Layer.launch,
  NodeRuntime.runMain
)
