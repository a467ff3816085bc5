import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { Readable } from "node:stream"
import { describe, expect, it } from "vitest"
import type { Bytes } from "../src/index.ts"
import { aConnector, aDataFolder, deferred } from "./support/workspace.ts"

const filesIn = async (folder: string): Promise<ReadonlyArray<string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

/** A source that stops after its first bytes, and tells when they were read. */
const stopping = () => {
  const begun = deferred<void>()
  async function* bytes() {
    yield Buffer.alloc(200_000, 1)
    begun.resolve()
    await new Promise(() => undefined)
  }
  return { begun: begun.promise, stream: Readable.from(bytes()) }
}

/** A connector and the files in its storage. */
const withStorage = async () => {
  const dataDir = await aDataFolder()
  const connector = await aConnector({ dataDir })
  return { connector, stored: () => filesIn(join(dataDir, "storage")) }
}

describe("an aborted call", () => {
  it("rejects with the reason of its signal, and leaves no video, job or file behind", async () => {
    const { connector, stored } = await withStorage()
    const calls: ReadonlyArray<(stream: Bytes, signal: AbortSignal) => Promise<unknown>> = [
      (stream, signal) => connector.transcodeVideo({ stream }, { signal }),
      (stream, signal) => connector.store(stream, { signal })
    ]
    for (const call of calls) {
      const { begun, stream } = stopping()
      const controller = new AbortController()
      const reason = new Error("the visitor has left")
      const ended = expect(call(stream, controller.signal)).rejects.toBe(reason)
      await begun
      controller.abort(reason)
      await ended
      expect(await stored()).toEqual([])
      expect(stream.destroyed).toBe(true)
    }
    expect((await connector.videos.list()).total).toBe(0)
    expect((await connector.jobs.list()).total).toBe(0)
  })

  it("does not begin when its signal was aborted before", async () => {
    const { connector } = await withStorage()
    const signal = AbortSignal.abort(new Error("too late"))
    await expect(connector.videos.list({}, { signal })).rejects.toThrow("too late")
    await expect(connector.registrationTokens.create({}, { signal })).rejects.toThrow("too late")
    expect((await connector.registrationTokens.list()).total).toBe(0)
  })

  it("ends the events of a loop", async () => {
    const { connector } = await withStorage()
    const controller = new AbortController()
    const events = connector.events({ signal: controller.signal })
    const next = expect(events[Symbol.asyncIterator]().next()).rejects.toThrow("enough")
    controller.abort(new Error("enough"))
    await next
  })
})
