import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { runCli } from "./support/cli.ts"

const document = readFileSync(new URL("../../docs/http-api.md", import.meta.url), "utf8")

/** The commands of the synopsis: a group with its words, or one command with its options. */
const commands = [...document.matchAll(/^npm run --silent cli -- ([a-z-]+) (\S+)(.*)$/gm)].map(
  ([, group = "", words = "", rest = ""]) => ({
    group,
    words: words.startsWith("--") ? [] : words.split("|"),
    options: [...`${words} ${rest}`.matchAll(/--([a-z-]+)/g)].map(([, option]) => String(option))
  })
)

it.live(
  "the commands of the documentation exist, and so do their options",
  () =>
    Effect.gen(function* () {
      assert.isAtLeast(commands.length, 8)
      for (const { group, options, words } of commands) {
        const help = yield* runCli({}, [group, "--help"])
        assert.strictEqual(help.code, 0, help.err)
        for (const word of words) assert.include(help.out, `- ${word}`, group)
        const inner = words.length === 1 ? (yield* runCli({}, [group, ...words, "--help"])).out : help.out
        deepStrictEqual(
          options.filter((option) => !inner.includes(`--${option}`)),
          [],
          group
        )
      }
    }),
  300_000
)
