import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const VARIABLE = "RUNNER_CONNECTOR_E2E"

/** Vitest calls it before all tests, and what it returns after them: a worker that is killed tidies nothing up. */
export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), "runner-connector-e2e-run-"))
  process.env[VARIABLE] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
}

/** The folder for what the workers of one run share; it goes with the run. */
export const sharedFolder = (): string => {
  const folder = process.env[VARIABLE]
  if (folder === undefined) throw new Error(`${VARIABLE} is not set: vitest.config.ts must name sharedFolder.ts`)
  return folder
}
