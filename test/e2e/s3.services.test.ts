import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api, assertPublished, request } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { Engine, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { only144p } from "./support/only144p.ts"
import { video as player } from "./support/page.ts"
import { play } from "./support/playback.ts"
import { type Bucket, newBucket } from "./support/s3.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

/** Uploads a clip to a server with the bucket, and waits until it is published. */
const published = (bucket: Bucket, env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const dataDir = join(folder, "data")
    const server = yield* ExampleServer.start({
      dataDir,
      port: yield* freePort,
      env: { ...bucket.env, ...only144p, ...env }
    })
    const client = api(server.url)
    const clip = yield* makeClip(folder, "clip.mp4", { size: "256x144", seconds: 2 })
    const { uuid } = yield* client.upload(clip)
    const video = yield* client.settled(uuid)
    assertPublished(video, [144])
    assert.isFalse(existsSync(join(dataDir, "storage")), "nothing is stored in the data folder")
    const [played, ...more] = yield* play(String(video.playlistUrl))
    deepStrictEqual(more, [])
    assert.strictEqual(played?.bytes, video.files[0]?.size)
    return { client, server, video }
  })

/** Plays on a page of the server, whose policy allows the bucket. */
const playsOnPage = (url: string) =>
  Effect.gen(function* () {
    if (Browser.chromium === undefined)
      return console.warn("LEFT OUT: files of a bucket in a browser. There is no Chromium on PATH.")
    const tab = yield* Browser.open(Browser.chromium, url)
    yield* tab.until(`${player}?.readyState > 2`)
    deepStrictEqual(tab.complaints, [])
  })

it.scopedLive(
  "proxied: the server sends every file, with ranges, and deletes them",
  () =>
    Effect.gen(function* () {
      const bucket = yield* newBucket()
      const { client, server, video } = yield* published(bucket, { S3_PREFIX: "some/media" })
      const { size, url } = video.files[0] ?? { size: 0, url: "" }
      assert.isTrue(url.startsWith(`${server.url}/playback/`))
      const part = yield* request(url, { headers: { range: "bytes=100-199" } })
      deepStrictEqual([part.status, part.headers.get("content-range")], [206, `bytes 100-199/${size}`])
      assert.isTrue((yield* bucket.keys).every((key) => key.startsWith("some/media/")))
      assert.strictEqual((yield* client.remove(video.uuid)).status, 204)
      yield* until("the objects are deleted", bucket.keys, (keys) => keys.length === 0)
      deepStrictEqual(yield* bucket.unfinished, [])
    }).pipe(Effect.provide(Engine)),
  300_000
)

it.scopedLive(
  "signed: playlists of the server name the media in the bucket by one URL that expires",
  () =>
    Effect.gen(function* () {
      const bucket = yield* newBucket()
      const { server, video } = yield* published(bucket, { S3_DELIVERY: "signed", S3_SIGNED_URL_LIFETIME: "5 minutes" })
      const file = video.files[0]
      assert.isTrue(file?.playlistUrl.startsWith(`${server.url}/playback/`))
      const playlist = yield* request(String(file?.playlistUrl))
      deepStrictEqual([playlist.status, playlist.headers.get("cache-control")], [200, "no-store"])
      const urls = new Set(playlist.text.match(/http[^"\s]+/g))
      assert.strictEqual(urls.size, 1)
      const [url] = [...urls].map((text) => new URL(text))
      assert.isTrue(url?.href.startsWith(`${bucket.url}/`))
      assert.strictEqual(url?.searchParams.get("X-Amz-Expires"), "300")
      const redirect = yield* request(String(file?.url), { redirect: "manual" })
      assert.strictEqual(redirect.status, 302)
      assert.match(String(redirect.headers.get("location")), /X-Amz-Signature=/)
      const unsigned = yield* request(`${bucket.url}${url?.pathname.slice(bucket.name.length + 1)}`)
      assert.strictEqual(unsigned.status, 403)
    }).pipe(Effect.provide(Engine)),
  300_000
)

it.scopedLive(
  "public: documents name the files in the bucket, and the uploads stay private",
  () =>
    Effect.gen(function* () {
      const bucket = yield* newBucket()
      yield* bucket.publish
      const { server, video } = yield* published(bucket, { S3_DELIVERY: "public", S3_PUBLIC_URL: `${bucket.url}/` })
      for (const url of [video.playlistUrl, video.thumbnailUrl, video.files[0]?.url]) {
        assert.isTrue(String(url).startsWith(`${bucket.url}/videos/`), String(url))
        assert.strictEqual((yield* request(String(url))).status, 200)
      }
      const own = `${server.url}/playback/${video.uuid}/master.m3u8`
      const redirect = yield* request(own, { redirect: "manual" })
      deepStrictEqual([redirect.status, redirect.headers.get("location")], [302, video.playlistUrl])
      yield* bucket.admit([server.url])
      yield* playsOnPage(`${server.url}/v/${video.uuid}`)
      const uploads = (yield* bucket.keys).filter((key) => key.startsWith("uploads/"))
      assert.isAbove(uploads.length, 0)
      for (const key of uploads) assert.strictEqual((yield* request(`${bucket.url}/${key}`)).status, 403)
    }).pipe(Effect.provide(Engine)),
  300_000
)
