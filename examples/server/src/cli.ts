import "./privateFiles.ts"
import { Command, ValidationError } from "@effect/cli"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { RunnerConnector, RunnerNotifier } from "@runner-connector/core"
import * as Probe from "@runner-connector/probe/auto"
import { Effect, Layer, Logger, LogLevel } from "effect"
import { doctorCommand } from "./cli/doctor.ts"
import { eventCommand } from "./cli/events.ts"
import { importDjangoCommand } from "./cli/importDjango.ts"
import { jobCommand } from "./cli/jobs.ts"
import { liveCommand } from "./cli/lives.ts"
import { migrateCommand } from "./cli/migrate.ts"
import { registrationTokenCommand } from "./cli/registrationTokens.ts"
import { runnerCommand } from "./cli/runners.ts"
import { storageCommand } from "./cli/storage.ts"
import { videoCommand } from "./cli/videos.ts"
import { webhookCommand } from "./cli/webhooks.ts"
import { whyCommand } from "./cli/why.ts"
import * as Database from "./Database.ts"
import { endWithSentence } from "./Failure.ts"
import * as Settings from "./Settings.ts"
import * as Storage from "./Storage.ts"

const Tables = Database.layerShared.pipe(Layer.provideMerge(Settings.layer), Layer.provideMerge(NodeContext.layer))

const UseCases = RunnerConnector.layerUseCases.pipe(
  Layer.provideMerge(Database.stores),
  Layer.provide(Layer.mergeAll(Storage.layer, Probe.layer, RunnerNotifier.layerSilent, Settings.connector)),
  Layer.provide(Tables)
)

const root = Command.make("runner-connector").pipe(
  Command.withDescription("Administers the server, whether it runs or not"),
  Command.withSubcommands([
    Command.provide(registrationTokenCommand, UseCases),
    Command.provide(runnerCommand, UseCases),
    Command.provide(jobCommand, UseCases),
    Command.provide(videoCommand, UseCases),
    Command.provide(liveCommand, UseCases),
    Command.provide(whyCommand, UseCases),
    doctorCommand,
    Command.provide(webhookCommand, UseCases),
    Command.provide(eventCommand, UseCases),
    Command.provide(migrateCommand, Tables),
    storageCommand,
    importDjangoCommand
  ])
)

/** Logs go to stderr, because programs read the output of a command. */
const QuietLogs = Layer.merge(
  Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.stringLogger)),
  Logger.minimumLogLevel(LogLevel.Warning)
)

Command.run(root, { name: "Runner connector", version: "0.1.0", executable: "runner-connector" })(process.argv).pipe(
  Effect.provide(NodeContext.layer),
  Effect.provide(QuietLogs),
  // The parser of the command line has printed its own errors.
  endWithSentence(ValidationError.isValidationError),
  NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true })
)
