import type { Command } from "@effect/cli"
import type { ConfigError } from "effect"

/** A command, or a group of commands, that needs these services. Its errors have messages for the operator. */
// biome-ignore lint/suspicious/noExplicitAny: the values of a command line concern its command only
export type CommandOf<Name extends string, R> = Command.Command<Name, R, Error | ConfigError.ConfigError, any>

/** Commands of one group, whose names the group does not need. */
// biome-ignore lint/suspicious/noExplicitAny: commands of different names are in one list
export type CommandsOf<R> = readonly [CommandOf<any, R>, ...ReadonlyArray<CommandOf<any, R>>]
