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

/** The first word of each match. */
const namesIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => String(name))

describe("the tables", () => {
  it("of docs/architecture.md list every port", () => {
    const folder = "packages/core/src/ports"
    const files = entriesOf(folder).filter((entry) => entry.isFile())
    const ports = files.flatMap(({ name }) =>
      namesIn(readFileSync(join(root, folder, name), "utf8"), /class (\w+) extends Context\.(?:Tag|Reference)/g)
    )
    expect(ports.length).toBeGreaterThan(20)
    const architecture = readFileSync(join(root, "docs/architecture.md"), "utf8")
    expect(ports.filter((name) => !architecture.includes(`\n| \`${name}\` |`))).toEqual([])
  })

  it("of packages/contracts/README.md list every contract", () => {
    const contracts = namesIn(readFileSync(join(root, "packages/contracts/src/index.ts"), "utf8"), /(\w+Contract)\b/g)
    expect(contracts.length).toBeGreaterThan(10)
    const document = readFileSync(join(root, "packages/contracts/README.md"), "utf8")
    expect(contracts.filter((name) => !document.includes(`\n| \`${name}\` |`))).toEqual([])
  })
})
