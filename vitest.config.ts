import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Tests that wait for other programs begin first, so that no long one is left for a worker alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/(?:e2e|probe|local-runner|persistence-sql|embedded-postgres)\//.test(moduleId)
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    // These need the programs of vitest.services.config.ts.
    exclude: ["**/node_modules/**", "**/*.services.test.ts"],
    globalSetup: ["scripts/bundle.mjs", "test/fixtures/sharedFolder.ts"],
    setupFiles: ["packages/contracts/test/vitestMethods.ts"],
    // Nothing of a test outlives it; and to load Effect anew for each file would take minutes.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Much time is spent waiting for processes, sockets and the disk: two more than there are cores keep these at work.
    maxWorkers: availableParallelism() + 2,
    // No test relies on these limits. They only end a test that hangs, so they allow for the busiest machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } }
  }
})
