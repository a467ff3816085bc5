import { describe, expect, it } from "vitest"
import { ConnectorClosed, createConnector, StartFailed } from "../src/index.ts"
import { run } from "./support/lifecycleProgram.ts"
import { aConnector, aFolder } from "./support/workspace.ts"

describe("a process", () => {
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
})
