// One local runner in its own process, as on a separate machine.
import { NodeContext, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { AutoFfmpeg } from "@runner-connector/ffmpeg"
import { LocalRunner } from "@runner-connector/local-runner"
import { Layer, Logger, LogLevel, Redacted } from "effect"
import { sayReady } from "./children.ts"

const { FOLDER, REGISTRATION_TOKEN, RUNNER_NAME, SERVER_URL } = process.env

LocalRunner.layer({
  url: String(SERVER_URL),
  workDirectory: String(FOLDER),
  concurrency: 1,
  registration: { registrationToken: Redacted.make(String(REGISTRATION_TOKEN)), name: String(RUNNER_NAME) }
}).pipe(
  Layer.provide([AutoFfmpeg.layer, NodeContext.layer, NodeHttpClient.layer]),
  Layer.provide(Logger.minimumLogLevel(LogLevel.Error)),
  Layer.launch,
  NodeRuntime.runMain
)
sayReady(true)
