import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

const all = ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"]
/** By the clock of tests, which is missing where tests by the clock of the wall have run before. */
const twins = ["packages/core/test/{domain,usecases}/**/*.test.ts"]
/** By the clock of the wall; what needs the other one lies in folders below. */
const processes = ["packages/{ffmpeg,local-runner,persistence-sql,probe}/test/*.test.ts", "test/e2e/**/*.test.ts"]

/** Files that share their modules, as nothing of a test outlives it: that saves minutes of loading Effect anew. */
const sharing = (name: string, include: ReadonlyArray<string>) => ({
  extends: true as const,
  test: { name, include: [...include], isolate: false }
})

/** The packages' sources in place of what is compiled of them: `exports` of their package.json. */
const conditions = ["source", "module", "node", "development|production"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ["scripts/compile.mjs"],
    // Vitest leaves one core free; but much of the time is spent waiting for processes, sockets and the disk.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      sharing("twins", twins),
      sharing("processes", processes),
      { extends: true, test: { name: "apart", include: all, exclude: ["**/node_modules/**", ...twins, ...processes] } }
    ]
  }
})
