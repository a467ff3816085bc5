// Runs the example of the contracts from the packed tarballs, outside the workspace.
import { spawnSync } from "node:child_process"
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { installIn } from "./pack.mjs"
import { fail, root } from "./setup.mjs"

const example = join(root, "packages", "contracts", "test", "example")

const entries = `
import { expect, it } from "vitest"
import * as contracts from "@runner-connector/contracts"
import { fixturePath, recordedReports } from "@runner-connector/contracts/media"
import { wireContract } from "@runner-connector/contracts/wire"
import { existsSync } from "node:fs"

it("contains every entry with its files", () => {
  expect(typeof contracts.jobStoreContract).toBe("function")
  expect(typeof wireContract).toBe("function")
  expect(recordedReports().size).toBeGreaterThan(20)
  expect(existsSync(fixturePath("moov-last.mp4"))).toBe(true)
})
`

const vitest = (consumer) => {
  const result = spawnSync("npx", ["vitest", "run"], {
    cwd: consumer,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    shell: process.platform === "win32"
  })
  return { passed: result.status === 0, output: `${result.stdout}${result.stderr}` }
}

/**
 * The adapter of the README must pass the contract, and one that forgets whose key an error carries must fail in exactly
 * that test.
 */
export const checkContracts = (consumer, tarballs) => {
  const wanted = tarballs.filter((path) => /runner-connector-(?:core|protocol|storage-fs|contracts)-\d/.test(path))
  installIn(consumer, wanted, ["@effect/platform-node@0.108"], { optional: true })
  cpSync(example, consumer, { recursive: true })
  writeFileSync(join(consumer, "entries.test.mjs"), entries)
  const good = vitest(consumer)
  if (!good.passed) fail(`The example of the contracts does not pass from its tarball:\n${good.output}`)

  const adapter = join(consumer, "TenantStorage.ts")
  const broken = readFileSync(adapter, "utf8").replaceAll("error.key === stored", "error.key === key")
  writeFileSync(adapter, broken)
  const bad = vitest(consumer)
  const failures = [...new Set([...bad.output.matchAll(/FAIL .* > (.+)$/gm)].map(([, title]) => title))]
  if (bad.passed || !failures.includes("fails read, stat and source with FileNotFound")) {
    fail(`The contract does not notice a broken adapter. Failed: ${failures.join(", ")}\n${bad.output}`)
  }
  console.log(`The contracts work from their tarball. They fail for a broken adapter: ${failures.join(", ")}.`)
}
