import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Testing } from "@runner-connector/core/testing"
import { Effect } from "effect"
import { afterAll, expect, it } from "vitest"
import { environment, extracted, libraries } from "../../../scripts/services.mjs"
import { completionsFor } from "../src/completions.ts"
import { root, run } from "./support/commandLine.ts"

const folder = mkdtempSync(join(tmpdir(), "shells-"))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, lines: ReadonlyArray<string>): string => {
  const path = join(folder, name)
  writeFileSync(path, `${lines.join("\n")}\n`)
  return path
}

/** Stores the script that the program prints for this shell. */
const scriptFor = async (shell: "fish" | "zsh"): Promise<string> => {
  const words = ["--completions", shell]
  // Those of fish come from @effect/cli.
  const own = Effect.flatMap(root, (commands) => completionsFor(commands, words) ?? Effect.succeed(undefined))
  const lines = await Effect.runPromise(Effect.provide(own, Testing.layerConnector()))
  if (lines !== undefined) return write(`completions.${shell}`, lines)
  const ended = await Effect.runPromise(Effect.provide(run(...words), Testing.layerConnector()))
  expect(ended).toMatchObject({ err: "", failed: false })
  return write(`completions.${shell}`, [ended.out])
}

/** Runs a shell without the settings of this machine, and returns its output. */
const shell = (program: string, args: ReadonlyArray<string>): string => {
  const env = { ...environment, HOME: folder, ZDOTDIR: folder, TERM: "dumb" }
  const { error, status, stdout } = spawnSync(program, args, { encoding: "utf8", timeout: 300_000, env })
  expect({ error, status }).toEqual({ error: undefined, status: 0 })
  return stdout
}

/** What the tab key adds to each line. */
const completed: ReadonlyArray<readonly [line: string, word: string]> = [
  ["runner-connector overv", "overview"],
  ["runner-connector job re", "retry"],
  ["runner-connector runner pa", "pause"],
  ["runner-connector registration-token create --max", "--max-uses"],
  ["runner-connector job list --li", "--limit"]
]

it("completes commands and options in fish", async () => {
  const script = await scriptFor("fish")
  const found = completed.map(([line]) => {
    const begin = `set fish_function_path ${extracted}/usr/share/fish/functions; source ${script}`
    return shell("fish", ["--no-config", "--command", `${begin}; complete --do-complete '${line}'`])
  })
  expect(found.map((text) => text.split("\t")[0])).toEqual(completed.map(([, word]) => word))
}, 300_000)

/** Presses the tab key in an interactive zsh, and writes the line that it has then into a file. */
const zshSession = (script: string, output: string) => {
  const modules = `module_path=(${libraries[1]}/zsh/*(/))`
  const settings = write("settings.zsh", [
    modules,
    `fpath=(${extracted}/usr/share/zsh/functions/*(/N) ${extracted}/usr/share/zsh/functions/Completion/*(/N))`,
    "autoload -Uz compinit && compinit -u -D",
    `source ${script}`,
    `tried() { zle complete-word; print -r -- "$BUFFER" >> ${output}; exit }`,
    "zle -N tried",
    "bindkey '^I' tried"
  ])
  return write("session.zsh", [
    modules,
    "zmodload zsh/zpty",
    'for line in "$@"; do',
    "  zpty session zsh -f -i",
    `  zpty -w session "source ${settings}"`,
    `  zpty -w -n session "$line"$'\\t'`,
    "  while zpty -r session text; do :; done",
    "  zpty -d session",
    "done"
  ])
}

it("completes commands and options in zsh", async () => {
  const output = write("output", [])
  shell("zsh", ["-f", zshSession(await scriptFor("zsh"), output), ...completed.map(([line]) => line)])
  const lines = readFileSync(output, "utf8")
    .split("\n")
    .filter((line) => line !== "")
  expect(lines).toEqual(completed.map(([line, word]) => `${line.slice(0, line.lastIndexOf(" "))} ${word} `))
}, 300_000)
