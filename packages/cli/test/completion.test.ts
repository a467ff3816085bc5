import { spawnSync } from "node:child_process"
import { Testing } from "@runner-connector/core/testing"
import { Effect } from "effect"
import { expect, it } from "vitest"
import { bashCompletions } from "../src/completions.ts"
import { root } from "./support/commandLine.ts"

const script = Effect.flatMap(root, bashCompletions)

/** Completes the last word as bash does after a press of the tab key. */
const complete = (lines: ReadonlyArray<string>, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const asked = `
read -ra handler <<< "$(complete -p runner-connector)"
COMP_WORDS=(runner-connector "$@")
COMP_CWORD=$#
for ((i = 1; i < \${#handler[@]}; i++)); do [ "\${handler[i - 1]}" = -F ] && function=\${handler[i]}; done
"$function" runner-connector "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stderr, stdout } = spawnSync(
    "bash",
    ["--norc", "-c", [...lines, asked].join("\n"), "bash", ...words],
    {
      encoding: "utf8"
    }
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  return stdout.split("\n").filter((line) => line !== "")
}

it("completes commands and options in bash", async () => {
  const lines = await Effect.runPromise(Effect.provide(script, Testing.layerConnector()))
  expect(complete(lines, ["run"])).toEqual(["runner"])
  expect(complete(lines, ["job", "re"])).toEqual(["retry"])
  expect(complete(lines, ["runner", "pa"])).toEqual(["pause"])
  expect(complete(lines, ["registration-token", "create", "--max"])).toEqual(["--max-uses"])
  expect(complete(lines, ["job", "list", "--li"])).toEqual(["--limit"])
})
