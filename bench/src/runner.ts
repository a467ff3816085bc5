// One local runner in its own process, as on a separate machine.
import { NodeContext, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { AutoFfmpeg } from "@runner-connector/ffmpeg"
import { LocalRunner } from "@runner-connector/local-runner"
import { Layer, Logger, LogLevel, Redacted } from "effect"
import { sayReady } from "./children.ts"
import { type Encoding, timed } from "./timedFfmpeg.ts"
import { traced } from "./trace.ts"

const { FOLDER, REGISTRATION_TOKEN, RUNNER_NAME, SERVER_URL } = process.env

const encodings: Array<Encoding> = []
process.on("message", (message) => {
  if (message === "encodings") process.send?.({ kind: "encodings", value: encodings.splice(0) })
})

LocalRunner.layer({
  url: String(SERVER_URL),
  workDirectory: String(FOLDER),
  concurrency: 1,
  registration: { registrationToken: Redacted.make(String(REGISTRATION_TOKEN)), name: String(RUNNER_NAME) }
}).pipe(
  Layer.provide([timed(encodings, AutoFfmpeg.layer), NodeContext.layer, NodeHttpClient.layer]),
  Layer.provide(Logger.minimumLogLevel(LogLevel.Error)),
  Layer.provide(traced("runner")),
  Layer.launch,
  NodeRuntime.runMain
)
sayReady(true)
