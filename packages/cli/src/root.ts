import { Command } from "@effect/cli"
import type { FileSystem, Path } from "@effect/platform"
import type { PgClient } from "@effect/sql-pg"
import type { ConnectorConfig, FileStorage, RunnerConnector, Stores } from "@runner-connector/core"
import type { ConfigError, Layer } from "effect"
import type { CommandOf } from "./CommandOf.ts"
import { doctorCommand } from "./commands/doctor.ts"
import { eventCommand } from "./commands/events.ts"
import { importDjangoCommand } from "./commands/importDjango.ts"
import { jobCommand } from "./commands/jobs.ts"
import { liveCommand } from "./commands/lives.ts"
import { migrateCommand } from "./commands/migrate.ts"
import { capabilitiesCommand, overviewCommand } from "./commands/overview.ts"
import { registrationTokenCommand } from "./commands/registrationTokens.ts"
import { runnerCommand } from "./commands/runners.ts"
import { settingsCommand } from "./commands/settings.ts"
import { storageCommand } from "./commands/storage.ts"
import { videoCommand } from "./commands/videos.ts"
import { webhookCommand } from "./commands/webhooks.ts"
import { whyCommand } from "./commands/why.ts"
import type { Host } from "./Host.ts"

type Needs = RunnerConnector.UseCases | Stores.Stores | FileStorage.FileStorage | ConnectorConfig.ConnectorConfig

/** The services of the commands. */
export interface Services<E, R> extends Host {
  readonly useCases: Layer.Layer<Needs, E, R>
  readonly tables: Layer.Layer<PgClient.PgClient, E, R>
}

/** Every command. Services are made when a command needs them. */
export const commandsOf = <E extends Error | ConfigError.ConfigError, R>(
  services: Services<E, R>
): CommandOf<"runner-connector", R | FileSystem.FileSystem | Path.Path> => {
  const { installation, tables, useCases } = services
  return Command.make("runner-connector").pipe(
    Command.withDescription("Administers the servers of an installation, whether they run or not"),
    Command.withSubcommands([
      Command.provide(registrationTokenCommand, useCases),
      Command.provide(runnerCommand, useCases),
      Command.provide(jobCommand, useCases),
      Command.provide(videoCommand, useCases),
      Command.provide(liveCommand, useCases),
      Command.provide(whyCommand, useCases),
      Command.provide(overviewCommand, useCases),
      Command.provide(capabilitiesCommand, useCases),
      settingsCommand(services),
      Command.provide(doctorCommand, installation),
      Command.provide(webhookCommand, useCases),
      Command.provide(eventCommand, useCases),
      Command.provide(migrateCommand, tables),
      storageCommand,
      Command.provide(importDjangoCommand, installation)
    ])
  )
}
