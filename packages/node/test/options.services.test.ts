import { Effect, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { type Bucket, newBucket } from "../../../test/e2e/support/s3.ts"
import { redis, redisCommand } from "../../../test/services/redis.ts"
import { usePostgres } from "../../persistence-sql/test/postgresServer.ts"
import type { S3Options, Video } from "../src/index.ts"
import { aConnectedRunner } from "./support/runner.ts"
import { aConnector, aFolder, aServer, deferred, media, scoped } from "./support/workspace.ts"

const postgres = usePostgres()

const optionsOf = ({ env, name }: Bucket): S3Options => ({
  bucket: name,
  endpoint: env.S3_ENDPOINT,
  credentials: { accessKeyId: String(env.S3_ACCESS_KEY_ID), secretAccessKey: String(env.S3_SECRET_ACCESS_KEY) }
})

/** A video that the runner in the process has made, and the signed URL of its master playlist. */
const published = async (s3: S3Options) => {
  const ended = deferred<Video>()
  const { origin, server } = await aServer()
  const connector = await aConnector({
    publicUrl: origin,
    storage: { s3 },
    localRunner: { concurrency: 1 },
    transcoding: { resolutions: [144] },
    on: { transcodingEnded: (video) => ended.resolve(video) },
    playback: { access: { secrets: ["a secret of at least 32 characters"] } }
  })
  server.on("request", connector.handler)
  await connector.transcodeVideo({ file: media("faststart.mp4") })
  const video = await ended.promise
  return { connector, origin, video, master: (await connector.videos.urls(video.id)).master }
}

/** The address of the media file, as a player finds it, and the bytes at its beginning. */
const follow = async (master: string) => {
  const variant = (await (await fetch(master)).text()).trim().split("\n").at(-1) ?? ""
  const playlist = await fetch(new URL(variant, master))
  const [, name = ""] = /URI="([^"]+)"/.exec(await playlist.text()) ?? []
  const url = new URL(name, playlist.url)
  const part = await fetch(url, { headers: { range: "bytes=4-7" } })
  return { url, status: part.status, box: await part.text() }
}

describe("a bucket as storage", () => {
  it("signed: playlists come from the application by signed URLs, media from the bucket by signed URLs", async () => {
    const bucket = await scoped(newBucket())
    const delivery = { mode: "signed", lifetime: "5 minutes" } as const
    const { master, origin, video } = await published({ ...optionsOf(bucket), prefix: "some/media", delivery })
    const { box, status, url } = await follow(master)
    expect([status, box]).toEqual([206, "ftyp"])
    expect(url.origin).toBe(new URL(bucket.url).origin)
    expect(url.searchParams.get("X-Amz-Expires")).toBe("300")
    expect((await fetch(`${url.origin}${url.pathname}`)).status).toBe(403)
    expect((await fetch(`${origin}/playback/${video.id}/master.m3u8`)).status).toBe(401)
    const keys = await Effect.runPromise(bucket.keys)
    expect(keys.filter((key) => !key.startsWith("some/media/"))).toEqual([])
  }, 300_000)

  it("proxied by default: the application sends the media, and the end of a video empties the bucket", async () => {
    const bucket = await scoped(newBucket())
    const { connector, master, origin, video } = await published(optionsOf(bucket))
    const { box, status, url } = await follow(master)
    expect([status, box, url.origin]).toEqual([206, "ftyp", origin])
    await connector.removeVideo(video.id)
    await expect.poll(() => Effect.runPromise(bucket.keys)).toEqual([])
  }, 300_000)

  it("must exist", async () => {
    const bucket = await scoped(newBucket())
    const start = aConnector({ storage: { s3: { ...optionsOf(bucket), bucket: "nothing-here" } } })
    await expect(start).rejects.toMatchObject({ code: "StartFailed", details: { part: "storage" } })
  }, 300_000)
})

describe("a Redis", () => {
  it("brings pings to the runners of other processes", async () => {
    const { port, url } = await scoped(redis())
    const database = Redacted.value(await scoped(postgres.emptyAddress))
    const storage = { folder: await aFolder() }
    const [one, other] = [
      await aConnector({ database, storage, redis: url, dataDir: await aFolder() }),
      await aConnector({ database, storage, redis: url, dataDir: await aFolder() })
    ]
    const { origin, server } = await aServer(other.handler)
    other.attach(server)
    const { pinged } = await aConnectedRunner(one, origin)
    expect(await Effect.runPromise(redisCommand(port, "PUBSUB CHANNELS *"))).toContain("runner-connector-request")
    await one.transcodeVideo({ file: media("faststart.mp4") })
    await pinged
  }, 300_000)
})
