import type { Command } from "@effect/cli"
import type { ConfigError } from "effect"

/** A command, or a group of commands, that needs these services. Its errors have messages for the operator. */
// biome-ignore lint/suspicious/noExplicitAny: the values of a command line concern its command only
export type CommandOf<Name extends string, R> = Command.Command<Name, R, Error | ConfigError.ConfigError, any>
