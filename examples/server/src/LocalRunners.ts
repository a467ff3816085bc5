import { Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import type { Runners } from "@runner-connector/core"
import { InProcessRunner, type LocalRunner } from "@runner-connector/local-runner"
import { Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"
import * as Worker from "./workers/Worker.ts"

const TOKEN_FILE = "local-runner-token"
const WORK_FOLDER = "local-runner"

/** The runner in the server's process. It uses HTTP and Socket.IO like every runner. */
export const layer: Layer.Layer<
  never,
  InProcessRunner.RegistrationError | PlatformError | LocalRunner.LocalRunnerError,
  Settings | Runners.Runners | LocalRunner.Environment
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const settings = yield* Settings
    if (!settings.localRunner || !Worker.isFirst) return Layer.empty
    const path = yield* Path.Path
    return InProcessRunner.layer({
      url: settings.localUrl,
      tokenFile: path.join(settings.dataDir, TOKEN_FILE),
      workDirectory: path.join(settings.dataDir, WORK_FOLDER),
      progressInterval: "1 second",
      concurrency: Option.getOrUndefined(settings.localRunnerConcurrency),
      transcription: Option.getOrUndefined(settings.localRunnerTranscription)
    })
  })
)
