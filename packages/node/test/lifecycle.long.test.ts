import { expect, it } from "vitest"
import { run } from "./support/lifecycleProgram.ts"
import { aDataFolder } from "./support/workspace.ts"

it("a process ends by itself after the connector is closed", async () => {
  const ended = await run({
    dataDir: await aDataFolder(),
    localRunner: { concurrency: 1 },
    transcoding: { resolutions: [144] },
    // The runner may still wait for the answer to its result, and then cannot give its job back.
    logLevel: "error"
  })
  expect(ended).toEqual({ code: 0, output: "done", errors: "" })
}, 120_000)
