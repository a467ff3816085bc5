import { join } from "node:path"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { NativeFfmpeg } from "@runner-connector/ffmpeg"
import { LocalRunner } from "@runner-connector/local-runner"
import { Effect, Layer, Logger, LogLevel, Redacted, type Scope } from "effect"
import type { api } from "./Api.ts"
import { copyingJobTypes } from "./copyingJobTypes.ts"
import type { ExampleServer } from "./ExampleServer.ts"
import { temporaryFolder } from "./workspace.ts"

interface Options {
  readonly transcription?: LocalRunner.Transcriber
}

/**
 * Starts a runner that copies like the real one until the scope closes. It does three jobs at once. The client must be
 * an administrator's. Needs native FFmpeg.
 */
export const startCopyingRunner =
  (options: Options = {}) =>
  (
    { url }: Pick<ExampleServer, "url">,
    admin: Pick<ReturnType<typeof api>, "send">
  ): Effect.Effect<void, unknown, Scope.Scope> =>
    Effect.gen(function* () {
      const { text } = yield* admin.send("/api/v1/runners/registration-tokens/generate", { method: "POST" })
      const registrationToken = Redacted.make<string>(JSON.parse(text).registrationToken)
      const runner = LocalRunner.layer({
        ...{ url, workDirectory: join(yield* temporaryFolder, "copying-runner"), concurrency: 3 },
        ...{ jobTypes: copyingJobTypes, transcription: options.transcription },
        registration: { registrationToken, name: "copying runner" },
        progressInterval: "1 second"
      })
      const environment = [NativeFfmpeg.layer, NodeContext.layer, NodeHttpClient.layer] as const
      yield* Layer.build(runner.pipe(Layer.provide(environment), Layer.provide(Logger.minimumLogLevel(LogLevel.Error))))
    })
