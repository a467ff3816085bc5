import { Command, ValidationError } from "@effect/cli"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { RunnerConnector, RunnerNotifier } from "@runner-connector/core"
import * as Probe from "@runner-connector/probe/auto"
import { Effect, Layer, Logger, LogLevel } from "effect"
import { doctorCommand } from "./commands/doctor.ts"
import { eventCommand } from "./commands/events.ts"
import { importDjangoCommand } from "./commands/importDjango.ts"
import { jobCommand } from "./commands/jobs.ts"
import { liveCommand } from "./commands/lives.ts"
import { migrateCommand } from "./commands/migrate.ts"
import { registrationTokenCommand } from "./commands/registrationTokens.ts"
import { runnerCommand } from "./commands/runners.ts"
import { storageCommand } from "./commands/storage.ts"
import { videoCommand } from "./commands/videos.ts"
import { webhookCommand } from "./commands/webhooks.ts"
import { whyCommand } from "./commands/why.ts"
import { endWithSentence } from "./endWithSentence.ts"
import type { Host } from "./Host.ts"
import { connector } from "./installation/Installation.ts"
import * as Storage from "./installation/Storage.ts"
import * as Tables from "./installation/Tables.ts"
import { packageVersion } from "./version.ts"

const UseCases = RunnerConnector.layerUseCases.pipe(
  Layer.provideMerge(Tables.stores),
  Layer.provide(Layer.mergeAll(Storage.layer, Probe.layer, RunnerNotifier.layerSilent, connector)),
  Layer.provideMerge(Tables.layer)
)

const commandOf = ({ installation }: Host) => {
  const useCases = Layer.provide(UseCases, installation)
  return Command.make("runner-connector").pipe(
    Command.withDescription("Administers the servers of an installation, whether they run or not"),
    Command.withSubcommands([
      Command.provide(registrationTokenCommand, useCases),
      Command.provide(runnerCommand, useCases),
      Command.provide(jobCommand, useCases),
      Command.provide(videoCommand, useCases),
      Command.provide(liveCommand, useCases),
      Command.provide(whyCommand, useCases),
      Command.provide(doctorCommand, installation),
      Command.provide(webhookCommand, useCases),
      Command.provide(eventCommand, useCases),
      Command.provide(migrateCommand, Layer.provide(Tables.layer, installation)),
      storageCommand,
      Command.provide(importDjangoCommand, installation)
    ])
  )
}

/** Logs go to stderr, because programs read the output of a command. */
const QuietLogs = Layer.merge(
  Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.stringLogger)),
  Logger.minimumLogLevel(LogLevel.Warning)
)

/** Runs the command of the arguments and ends the process. Exit code 1 and a sentence on stderr after an error. */
export const runMain = (host: Host): void => {
  // Only the user of the program can read the files that it writes.
  process.umask(0o077)
  Command.run(commandOf(host), { name: "Runner connector", version: packageVersion, executable: "runner-connector" })(
    process.argv
  ).pipe(
    Effect.provide(NodeContext.layer),
    Effect.provide(QuietLogs),
    // The parser of the command line has printed its own errors.
    endWithSentence(ValidationError.isValidationError),
    NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true })
  )
}
