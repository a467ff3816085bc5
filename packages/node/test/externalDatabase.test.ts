import { existsSync } from "node:fs"
import { join } from "node:path"
import { Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { usePostgres } from "../../persistence-sql/test/postgresServer.ts"
import { aConnectedRunner } from "./support/runner.ts"
import { aConnector, aFolder, aServer, deferred, media, scoped } from "./support/workspace.ts"

const postgres = usePostgres()

/** The address of an empty database, which is dropped after the test. */
const aDatabase = async (): Promise<string> => Redacted.value(await scoped(postgres.emptyAddress))

describe("connectors on one external PostgreSQL", () => {
  it("share videos, hooks and pings, and start no database of their own", async () => {
    const [database, dataDir] = [await aDatabase(), await aFolder()]
    const created = deferred<string>()
    const on = { jobEnded: (job: { readonly id: string }) => created.resolve(job.id) }
    const storage = { folder: join(dataDir, "storage") }
    const one = await aConnector({ database, dataDir, storage, on })
    const other = await aConnector({ database, dataDir: await aFolder(), storage, on })
    const { origin, server } = await aServer(other.handler)
    other.attach(server)
    const { pinged } = await aConnectedRunner(one, origin)

    const events = other.events()
    const { id } = await one.transcodeVideo({ file: media("faststart.mp4"), title: "The cat" })
    await pinged
    expect(await other.videos.get(id)).toMatchObject({ id, title: "The cat" })
    for await (const event of events) {
      if (event.type !== "video.created") continue
      expect(event.videoId).toBe(id)
      break
    }
    const [job] = await other.jobs.ofVideo(id)
    await other.jobs.cancel(String(job?.id))
    expect(await created.promise).toBe(job?.id)
    expect(existsSync(join(dataDir, "postgres"))).toBe(false)
  }, 300_000)

  it("keep what they have written after their end", async () => {
    const [database, dataDir] = [await aDatabase(), await aFolder()]
    const first = await aConnector({ database, dataDir })
    const { id } = await first.transcodeVideo({ file: media("faststart.mp4") })
    await first.close()
    expect(await (await aConnector({ database, dataDir })).videos.get(id)).toMatchObject({ id })
  }, 300_000)
})
