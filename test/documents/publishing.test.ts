import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "./blocks.ts"
import { exportedBy } from "./exports.ts"

const manifestOf = (name: string) => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"))

const published = readdirSync(join(root, "packages")).filter((name) => manifestOf(name).private !== true)

describe("what is published", () => {
  it.each(published)("%s exports these names", async (name) => {
    // After an intended change: npx vitest run test/documents/publishing.test.ts --update
    await expect(exportedBy(`packages/${name}`)).toMatchFileSnapshot(
      join(root, "test/documents/exports", `${name}.txt`)
    )
  })

  it.each(published)("%s has what a registry shows and checks", (name) => {
    const { bugs, description, files, homepage, keywords, license, publishConfig, repository } = manifestOf(name)
    expect({ bugs: typeof bugs, homepage: typeof homepage, license }).toEqual({
      ...{ bugs: "string", homepage: "string", license: "MIT" }
    })
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(keywords).toContain("peertube-runner")
    expect(files).toContain("dist")
    expect(repository.directory).toBe(`packages/${name}`)
    expect([publishConfig.access, publishConfig.provenance]).toEqual(["public", true])
  })

  it("has one version", () => {
    expect(new Set(published.map((name) => manifestOf(name).version)).size).toBe(1)
    expect(JSON.parse(readFileSync(join(root, ".changeset/config.json"), "utf8")).fixed).toEqual([
      ["@runner-connector/*"]
    ])
  })
})
