import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "./blocks.ts"

const readme = readFileSync(join(root, "README.md"), "utf8")
const entriesOf = (folder: string) => readdirSync(join(root, folder), { withFileTypes: true })

/** The site's front page shows what the README shows. */
const FRONT_PAGE = "index.md"

describe("README.md", () => {
  it("lists every package", () => {
    const packages = entriesOf("packages").filter((entry) => entry.isDirectory())
    expect(packages.length).toBeGreaterThan(10)
    expect(packages.filter(({ name }) => !readme.includes(`](packages/${name}) |`)).map(({ name }) => name)).toEqual([])
  })

  it("lists every page of the documentation", () => {
    const pages = entriesOf("docs").filter(({ name }) => name.endsWith(".md") && name !== FRONT_PAGE)
    expect(pages.length).toBeGreaterThan(10)
    expect(pages.filter(({ name }) => !readme.includes(`](docs/${name}) |`)).map(({ name }) => name)).toEqual([])
  })
})
