import { defineConfig } from "vitest/config"
import base from "./vitest.config.ts"

/** Tests against real services: `npm run test:services`. */
export default defineConfig({
  test: {
    ...base.test,
    include: ["packages/*/test/**/*.services.test.ts", "test/**/*.services.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: [...[base.test?.globalSetup ?? []].flat(), "test/services/sharedRadosgw.ts"],
    maxWorkers: 2
  }
})
