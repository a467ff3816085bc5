import "./privateFiles.ts"
import cluster from "node:cluster"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { endWithSentence, environment } from "@runner-connector/cli/installation"
import { Effect, Layer } from "effect"
import * as Database from "./Database.ts"
import * as Logging from "./logging/Logging.ts"
import * as Program from "./program.ts"
import * as Settings from "./Settings.ts"
import * as Primary from "./workers/Primary.ts"
import { WorkerFailed } from "./workers/supervise.ts"

const isPrimary = Effect.map(Settings.Settings, ({ workers }) => cluster.isPrimary && workers > 1)

Effect.if(isPrimary, {
  onTrue: () => Effect.scoped(Primary.run),
  onFalse: () => Database.launch(Program.layer)
}).pipe(
  Effect.provide(Layer.provideMerge(Logging.layer, Settings.layer)),
  Effect.provide(Layer.mergeAll(NodeContext.layer, NodeHttpClient.layer)),
  Effect.provide(environment),
  // A worker has printed its own error.
  endWithSentence((failure) => failure instanceof WorkerFailed),
  NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true })
)
