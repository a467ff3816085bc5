import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { valued, variableOf } from "../../packages/local-runner/src/program/options.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const read = (...path: ReadonlyArray<string>): string => readFileSync(join(root, ...path), "utf8")

const files = readdirSync(join(root, "deploy"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => ({ name: entry.name, text: readFileSync(join(entry.parentPath, entry.name), "utf8") }))

const configuration = read("docs", "configuration.md")

/** Variables of the server whose names can be recognised. */
const serverVariable =
  /\b(?:S3|REDIS|DATABASE|SHUTDOWN|TRANSCODING|LOCAL_RUNNER|PLAYBACK)_[A-Z_]+\b|\b(?:PUBLIC_URL|TRUST_PROXY)\b/g

describe("the files for deployment", () => {
  it.each(files)("$name names only settings that exist", ({ text }) => {
    const options = valued.map(({ name }) => variableOf(name))
    const unknownOptions = (text.match(/\bCONNECTOR_RUNNER_[A-Z_]+\b/g) ?? []).filter((name) => !options.includes(name))
    assert.deepStrictEqual(unknownOptions, [])
    // `.env` of Compose has a variable of its own for each secret.
    const unknown = (text.match(serverVariable) ?? []).filter((name) => !configuration.includes(`\`${name}\``))
    assert.deepStrictEqual(unknown, [])
  })

  it("the Dockerfile starts the files that the bundler writes", () => {
    const dockerfile = read("deploy", "Dockerfile")
    for (const program of [
      "examples/server/src/main.ts",
      "examples/server/src/cli.ts",
      "packages/local-runner/src/program/main.ts"
    ]) {
      assert.include(dockerfile, `bundled("${program}")`)
      assert.include(dockerfile, `/runner-connector/${program.replaceAll("/", "-")}.mjs`)
    }
  })
})
