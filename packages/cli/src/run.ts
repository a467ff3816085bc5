import { Command, ValidationError } from "@effect/cli"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { RunnerConnector, RunnerNotifier } from "@runner-connector/core"
import * as Probe from "@runner-connector/probe/auto"
import { Console, Effect, Layer, Logger, LogLevel } from "effect"
import { completionsFor } from "./completions.ts"
import { endWithSentence } from "./endWithSentence.ts"
import type { Host } from "./Host.ts"
import { environment } from "./installation/environment.ts"
import { connector } from "./installation/Installation.ts"
import * as Storage from "./installation/Storage.ts"
import * as Tables from "./installation/Tables.ts"
import { commandsOf } from "./root.ts"
import { packageVersion } from "./version.ts"

const UseCases = RunnerConnector.layerUseCases.pipe(
  Layer.provideMerge(Tables.stores),
  Layer.provideMerge(Layer.mergeAll(Storage.layer, Probe.layer, RunnerNotifier.layerSilent, connector)),
  Layer.provideMerge(Tables.layer)
)

/** Logs go to stderr, because programs read the output of a command. */
const QuietLogs = Layer.merge(
  Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.stringLogger)),
  Logger.minimumLogLevel(LogLevel.Warning)
)

/** Runs the command of the arguments and ends the process. Exit code 1 and a sentence on stderr after an error. */
export const runMain = (host: Host): void => {
  // Only the user of the program can read the files that it writes.
  process.umask(0o077)
  const root = commandsOf({
    ...host,
    useCases: Layer.provide(UseCases, host.installation),
    tables: Layer.provide(Tables.layer, host.installation)
  })
  const command = Command.run(root, {
    name: "Runner connector",
    version: packageVersion,
    executable: "runner-connector"
  })
  const completions = completionsFor(root, process.argv)
  const printed = completions && Effect.flatMap(completions, (lines) => Console.log(lines.join("\n")))
  const program = printed ?? command(process.argv)
  program.pipe(
    Effect.provide(NodeContext.layer),
    Effect.provide(QuietLogs),
    Effect.provide(environment),
    // The parser of the command line has printed its own errors.
    endWithSentence(ValidationError.isValidationError),
    NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true })
  )
}
