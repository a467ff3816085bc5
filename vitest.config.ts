import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

const all = ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"]
/** Pure code and twins: nothing of a test outlives it, so files may share their modules, which saves half the time. */
const twins = ["packages/core/test/domain/**/*.test.ts", "packages/core/test/usecases/**/*.test.ts"]

export default defineConfig({
  test: {
    // Vitest leaves one core free; but much of the time is spent waiting for processes, sockets and the disk.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "twins", include: twins, isolate: false } },
      { extends: true, test: { name: "rest", include: all, exclude: ["**/node_modules/**", ...twins] } }
    ]
  }
})
