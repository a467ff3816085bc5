import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { spawnScript } from "../../../test/fixtures/spawnScript.ts"
import { ConnectorClosed, type ConnectorOptions, createConnector, StartFailed } from "../src/index.ts"
import { aConnector, aDataFolder, aFolder, media } from "./support/workspace.ts"

const script = new URL("./programs/lifecycle.ts", import.meta.url)

/** Runs the program until it ends by itself. */
const run = async (options: Partial<ConnectorOptions>) => {
  const order = { options: { publicUrl: "http://media.example", ...options }, file: media("faststart.mp4") }
  const child = await Effect.runPromise(spawnScript(script, order))
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")])
  return { code, output: output.trim(), errors }
}

describe("a process", () => {
  it("ends by itself after the connector is closed", async () => {
    const ended = await run({
      dataDir: await aDataFolder(),
      localRunner: { concurrency: 1 },
      transcoding: { resolutions: [144] },
      // The runner may still wait for the answer to its result, and then cannot give its job back.
      logLevel: "error"
    })
    expect(ended).toEqual({ code: 0, output: "done", errors: "" })
  }, 120_000)

  it("ends by itself after a failed start, with the database running before", async () => {
    const folder = await aFolder()
    await writeFile(join(folder, "file"), "")
    const ended = await run({ dataDir: await aDataFolder(), storage: { folder: join(folder, "file") } })
    expect(ended).toEqual({ code: 0, output: "StartFailed", errors: "" })
  })

  it("ends by itself when the database cannot be reached", async () => {
    const ended = await run({ dataDir: await aFolder(), database: "postgres://127.0.0.1:1/nothing" })
    expect(ended).toEqual({ code: 0, output: "StartFailed", errors: "" })
  })
})

describe("a connector", () => {
  it("names the setting and the reason when it cannot start", async () => {
    const options = { publicUrl: "http://media.example", dataDir: await aFolder() }
    const error = await createConnector({ ...options, database: "postgres://u:secret@127.0.0.1:1/nothing" }).catch(
      (caught: unknown) => caught
    )
    expect(error).toBeInstanceOf(StartFailed)
    expect(String(error)).toMatch(/option database.*ECONNREFUSED/)
    expect(String(error)).not.toContain("secret")
  })

  it("can be closed repeatedly and refuses calls afterwards", async () => {
    const connector = await aConnector()
    await Promise.all([connector.close(), connector.close(), connector[Symbol.asyncDispose]()])
    await expect(connector.videos.list()).rejects.toBeInstanceOf(ConnectorClosed)
  })

  it("works beside another one in the same process", async () => {
    const [one, other] = await Promise.all([aConnector(), aConnector()])
    const { id } = await one.transcodeVideo({ file: media("faststart.mp4") })
    expect(await one.videos.get(id)).toMatchObject({ id })
    expect(await other.videos.get(id)).toBeUndefined()
    await one.close()
    expect((await other.videos.list()).total).toBe(0)
  })
})
