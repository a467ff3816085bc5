import { Command } from "@effect/cli"
import { Effect } from "effect"
import type { CommandOf } from "./CommandOf.ts"

const EXECUTABLE = "runner-connector"

/** A case of the script that recognizes a command: `runner__connector,registration__token,create)`. */
const recognizing = /^(\s+)(\w+(?:,\w+)+)\)$/

/**
 * Corrects such a case. The script compares the name of the command so far, a comma and the next word. @effect/cli
 * writes commas between all names, and changes the hyphens in words, so that its script completes the first word only.
 */
const corrected = (line: string): string => {
  const [, indent, names] = recognizing.exec(line) ?? []
  if (names === undefined) return line
  const parts = names.split(",")
  const before = parts.length === 2 ? EXECUTABLE : parts.slice(0, -1).join("__")
  return `${indent}"${before},${parts.at(-1)?.replaceAll("__", "-")}")`
}

/** The lines of the script that completes commands in bash. */
export const bashCompletions = <Name extends string, R>(
  root: CommandOf<Name, R>
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(Command.getBashCompletions(root, EXECUTABLE), (lines) => lines.map(corrected))

/** zsh runs scripts for bash. */
const zshCompletions = <Name extends string, R>(root: CommandOf<Name, R>) =>
  Effect.map(bashCompletions(root), (lines) => ["autoload -U +X bashcompinit && bashcompinit", ...lines])

/** The shell that the option `--completions` names, if its script is not that of @effect/cli. */
const shellOf = (words: ReadonlyArray<string>): string | undefined => {
  const at = words.findIndex((word) => word === "--completions" || word.startsWith("--completions="))
  if (at === -1) return undefined
  return words[at]?.split("=")[1] ?? words[at + 1]
}

/** The script that these arguments request. Undefined when they request something else. */
export const completionsFor = <Name extends string, R>(
  root: CommandOf<Name, R>,
  words: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<string>> | undefined => {
  const shell = shellOf(words)
  if (shell === "bash" || shell === "sh") return bashCompletions(root)
  return shell === "zsh" ? zshCompletions(root) : undefined
}
