import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root, sourcesIn } from "./sources.ts"

const inPackages = sourcesIn("packages")
const sources = inPackages.filter(({ path }) => path.includes("/src/"))
/** Without the contracts, which are tests, although they are published. */
const packages = sources.filter(({ path }) => !path.startsWith("packages/contracts/"))
const all = [
  ...inPackages,
  ...sourcesIn("examples"),
  ...sourcesIn("test"),
  ...sourcesIn("bench"),
  ...sourcesIn("scripts")
]

const MAX_LINES = 200

describe("source files", () => {
  it("only the protocol package names its routes", () => {
    const wire = /\/api\/v1\/runners|application\/problem\+json/
    const found = packages.filter(({ path, text }) => !path.startsWith("packages/protocol/src/") && wire.test(text))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  it(`no source file is longer than ${MAX_LINES} lines`, () => {
    // One file with all texts is what a translation replaces.
    const measured = packages.filter(({ path }) => path !== "packages/console/app/src/texts.ts")
    const long = measured.filter(({ text }) => text.split("\n").length > MAX_LINES + 1)
    expect(long.map(({ path, text }) => `${path}: ${text.split("\n").length}`)).toEqual([])
  })

  it("no file of an example for applications has 40 lines", () => {
    const examples = all.filter(({ path }) => path.startsWith("examples/") && !path.startsWith("examples/server/"))
    expect(examples.length).toBeGreaterThan(15)
    const long = examples.filter(({ text }) => text.trimEnd().split("\n").length >= 40)
    expect(long.map(({ path, text }) => `${path}: ${text.trimEnd().split("\n").length}`)).toEqual([])
  })

  it("no test is skipped or run alone", () => {
    const switched = /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|todo|only|skipIf|runIf)\b/
    const found = all.filter(({ path, text }) => !path.startsWith("test/architecture/") && switched.test(text))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  it("only the package of FFmpeg, which does not depend on the core, makes spans without `spanned`", () => {
    const found = packages.filter(({ text }) => /\bEffect\.fn\(/.test(text))
    const allowed = (path: string) => path === "packages/core/src/ports/Spans.ts" || path.startsWith("packages/ffmpeg/")
    expect(found.map(({ path }) => path).filter((path) => !allowed(path))).toEqual([])
  })

  it("records have text as keys: a schema of keys would drop others silently", () => {
    const keys = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/Schema\.Record\(\{\s*key: ([\w.]+)/g)].map(([, key]) => `${path}: ${key}`)
    )
    expect(keys.length).toBeGreaterThan(8)
    expect(keys.filter((key) => !key.endsWith(": Schema.String"))).toEqual([])
  })

  it("environment variables are read through Effect's config", () => {
    const found = packages.filter(({ text }) => /process\.env(?:\.|\[)/.test(text))
    expect(found.map(({ path }) => path)).toEqual([])
  })
})

describe("documents", () => {
  it("the README's program is the example that is run", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8")
    const program = readFileSync(join(root, "examples/plain-node/src/main.ts"), "utf8")
    expect(readme).toContain(`\`\`\`ts\n${program}\`\`\``)
  })

  it("the first steps show the site that is run", () => {
    const page = readFileSync(join(root, "docs/getting-started.md"), "utf8")
    for (const [language, name] of [
      ["js", "site.mjs"],
      ["html", "page.html"]
    ]) {
      const file = readFileSync(join(root, "examples/first-site", name ?? ""), "utf8")
      expect(page).toContain(`\`\`\`${language}\n${file}\`\`\``)
    }
  })

  it("the documentation of the test kit shows the tests that are run", () => {
    const page = readFileSync(join(root, "docs/testing.md"), "utf8")
    for (const name of ["core", "node"]) {
      const example = readFileSync(join(root, `packages/${name}/test/testing/application.test.ts`), "utf8")
      expect(page).toContain(`\`\`\`ts\n${example}\`\`\``)
    }
  })

  it("the README of the contracts shows the example that is run", () => {
    const readme = readFileSync(join(root, "packages/contracts/README.md"), "utf8")
    const example = readFileSync(join(root, "packages/contracts/test/example/tenantStorage.test.ts"), "utf8")
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
  })
})
