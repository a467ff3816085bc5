import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { run } from "./support/lifecycleProgram.ts"
import { aConnector, aDataFolder, aFolder, media } from "./support/workspace.ts"

it("a process ends by itself after the connector is closed", async () => {
  const ended = await run({
    dataDir: await aDataFolder(),
    localRunner: { concurrency: 1 },
    transcoding: { resolutions: [144] },
    // The runner may still wait for the answer to its result, and then cannot give its job back.
    logLevel: "error"
  })
  expect(ended).toEqual({ code: 0, output: "done", errors: "" })
}, 300_000)

it("a process ends by itself after a failed start, with the database running before", async () => {
  const folder = await aFolder()
  await writeFile(join(folder, "file"), "")
  const ended = await run({ dataDir: await aDataFolder(), storage: { folder: join(folder, "file") } })
  expect(ended).toEqual({ code: 0, output: "StartFailed", errors: "" })
})

it("a connector works beside another one in the same process", async () => {
  const [one, other] = await Promise.all([aConnector(), aConnector()])
  const { id } = await one.transcodeVideo({ file: media("faststart.mp4") })
  expect(await one.videos.get(id)).toMatchObject({ id })
  expect(await other.videos.get(id)).toBeUndefined()
  await one.close()
  expect((await other.videos.list()).total).toBe(0)
})
