import { createServer } from "node:http"
import { Storage, Tables } from "@runner-connector/cli/installation"
import { RunnerConnector } from "@runner-connector/core"
import { AutoFfmpeg } from "@runner-connector/ffmpeg"
import * as Probe from "@runner-connector/probe/auto"
import { Effect, Layer } from "effect"
import * as AdminAccess from "./AdminAccess.ts"
import * as Announcement from "./Announcement.ts"
import * as Database from "./Database.ts"
import * as Delivery from "./Delivery.ts"
import * as Health from "./Health.ts"
import * as LocalRunners from "./LocalRunners.ts"
import { outage } from "./logging/Logging.ts"
import * as Outage from "./logging/Outage.ts"
import * as Notifier from "./Notifier.ts"
import * as Playback from "./Playback.ts"
import * as Server from "./Server.ts"
import * as Settings from "./Settings.ts"
import * as Shutdown from "./Shutdown.ts"
import * as JobFigures from "./telemetry/JobFigures.ts"
import * as Observers from "./telemetry/Observers.ts"
import { ownMetrics } from "./telemetry/process.ts"
import * as Traffic from "./telemetry/Traffic.ts"
import * as WebhookDelivery from "./WebhookDelivery.ts"
import * as Wire from "./Wire.ts"
import { answerOthers } from "./workers/exchange.ts"
import * as Worker from "./workers/Worker.ts"

/** Looks for connections with late heads every five seconds. */
const server = createServer({ connectionsCheckingInterval: 5000 })

const Stores = Layer.provide(Tables.stores, Settings.installation).pipe(
  Layer.merge(Outage.layer(outage)),
  Layer.provideMerge(Database.layer),
  Layer.provideMerge(Observers.layer)
)

/** Routes and use cases share one storage. */
const Files = Delivery.layer.pipe(Layer.provideMerge(Layer.provide(Storage.layer, Settings.installation)))

const Connector = RunnerConnector.layerWith({ upkeepWhen: Worker.runsUpkeep })

/** The whole server in this process. */
export const layer = Worker.layerReady.pipe(
  Layer.provideMerge(Layer.effectDiscard(Effect.sync(() => answerOthers(ownMetrics)))),
  Layer.provideMerge(Shutdown.layerAnnounce),
  Layer.provideMerge(LocalRunners.layer),
  Layer.provideMerge(Announcement.layer),
  Layer.provideMerge(Shutdown.layerMove),
  Layer.provideMerge(Server.layer(server)),
  Layer.provideMerge(Traffic.layer(server)),
  Layer.provide(Layer.provideMerge(Wire.layerUploads, Wire.layerApi)),
  Layer.provide(Layer.mergeAll(Wire.layer, Health.layer, Playback.layer, JobFigures.layer)),
  Layer.provide(AdminAccess.layer),
  Layer.merge(WebhookDelivery.layer),
  Layer.provide(Connector),
  Layer.provide(Layer.mergeAll(Files, Probe.layer, Notifier.layer(server), Settings.connector)),
  Layer.provide(Layer.merge(AutoFfmpeg.layer, Shutdown.layer)),
  Layer.provideMerge(Stores)
)
