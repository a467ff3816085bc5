import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

/** The packages' sources in place of what is compiled of them: `exports` of their package.json. */
const conditions = ["source", "module", "node", "development|production"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["scripts/compile.mjs"],
    setupFiles: ["test/contracts/setup.ts"],
    // Nothing of a test outlives it; and to load Effect anew for each file would take minutes.
    isolate: false,
    // Some time is spent waiting for processes, sockets and the disk: one more than there are cores keeps these at work.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 30_000,
    hookTimeout: 120_000
  }
})
