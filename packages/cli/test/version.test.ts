import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { packageVersion } from "../src/version.ts"

it("reports the version of its package", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
  expect(packageVersion).toBe(manifest.version)
})
