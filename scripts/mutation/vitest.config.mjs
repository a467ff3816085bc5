// Runs the core's tests on sources with mutants in them; `scripts/mutate.mjs` selects them.
import { readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { instrument } from "./mutants.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const { chosen, mutated } = JSON.parse(readFileSync(process.env.MUTATION_PLAN, "utf8"))
const ids = new Set(chosen)
const paths = new Set(mutated)

const mutants = {
  name: "mutants",
  enforce: "pre",
  transform: (code, id) => {
    const path = relative(root, id.split("?")[0]).replaceAll(sep, "/")
    return paths.has(path) ? instrument(path, code, (mutant) => ids.has(mutant)) : undefined
  }
}

export default defineConfig({
  root,
  plugins: [mutants],
  cacheDir: join(root, "node_modules", ".cache", "mutation", "vite"),
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    // The long tests of faults in the core detect what the short ones leave out.
    exclude: [
      "**/commands.properties.test.ts",
      "packages/!(core)/test/**/*.long.test.ts",
      "**/chunkFaults.long.test.ts"
    ],
    globalSetup: ["test/fixtures/sharedFolder.ts"],
    setupFiles: ["scripts/mutation/switch.mjs", "packages/contracts/test/vitestMethods.ts"],
    runner: "scripts/mutation/runner.mjs",
    isolate: false,
    fileParallelism: true,
    maxWorkers: Number(process.env.MUTATION_WORKERS),
    silent: true,
    // Each test runs many times, and the runner has a separate limit for each run.
    testTimeout: 3_600_000,
    // A mutant may leave a fiber behind that fails later.
    dangerouslyIgnoreUnhandledErrors: true
  }
})
