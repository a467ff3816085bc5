import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root, sourcesIn } from "./sources.ts"

const app = join(root, "packages/console/app/src")
const folder = join(app, "css")

/** The classes in the selectors of the style sheets, without those of uPlot. */
const styled = new Set(
  readdirSync(folder).flatMap((name) => {
    const selectors = readFileSync(join(folder, name), "utf8")
      .replaceAll(/\/\*[\s\S]*?\*\/|"[^"]*"/g, "")
      .matchAll(/[^{};]+(?=\{)/g)
    return [...selectors].flatMap(([selector]) =>
      [...selector.matchAll(/\.([a-z][\w-]*)/g)].map(([, one = ""]) => one).filter((one) => !one.startsWith("u-"))
    )
  })
)

const pages = sourcesIn("packages/console/app/src").map(({ text }) => text)
const words = (text: string) =>
  text
    .replaceAll(/\$\{[^}]*\}/g, "")
    .split(/[\s"`]+/)
    .filter((word) => /^[a-z][\w-]*$/.test(word))

/** The values of attributes and properties that become classes. */
const given = new Set(
  pages.flatMap((text) =>
    [...text.matchAll(/\b(?:class|look)(?:=|: )(?:\{[^}]*? \? )?\{?("[^"]*"|`[^`]*`)(?: : ("[^"]*"))?/g)].flatMap(
      ([, first = "", second = ""]) => [...words(first), ...words(second)]
    )
  )
)

describe("classes of the console", () => {
  it("a class with a rule is given to an element", () => {
    expect(styled.size).toBeGreaterThan(80)
    expect([...styled].filter((one) => !given.has(one)).sort()).toEqual([])
  })

  it("a class of an element has a rule, or a test looks for it", () => {
    const tests = sourcesIn("test/e2e").map(({ text }) => text)
    const isTested = (one: string) => tests.some((text) => text.includes(`.${one}`))
    expect([...given].filter((one) => !styled.has(one) && !isTested(one)).sort()).toEqual([])
  })
})
