import { watch } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api, assertPublished, request, type Video } from "./support/Api.ts"
import { Engine, fixture, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { hasNative } from "./support/native.ts"
import { assertPicture } from "./support/picture.ts"
import { decodeUrl, type Played, play } from "./support/playback.ts"
import { barePath, filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const aServer = (env: Record<string, string>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port: yield* freePort, env })
    return { folder, server, client: api(server.url) }
  })

/** The played media match the upload and the video's document. */
const assertPlays = (video: Video, renditions: ReadonlyArray<Played>, seconds: number): void => {
  assert.closeTo(Number(video.duration), seconds, 0.1)
  const files = [...video.files].sort((a, b) => a.height - b.height)
  assert.strictEqual(renditions.length, files.length)
  for (const [index, played] of renditions.entries()) {
    const file = files[index]
    assert.isDefined(file)
    assert.deepInclude(played, { width: file.width, height: file.height, bytes: file.size, hasSound: true })
    assert.closeTo(played.announced, seconds, 0.15)
    assert.closeTo(played.decoded, seconds, 0.15)
  }
}

/** Caches revalidate with the etag. A range beyond the end is refused. */
const assertCacheable = (url: string) =>
  Effect.gen(function* () {
    const first = yield* request(url)
    const etag = String(first.headers.get("etag"))
    assert.match(etag, /^"[^"]+"$/)
    const again = yield* request(url, { headers: { "if-none-match": etag } })
    deepStrictEqual([again.status, again.bytes.length], [304, 0])
    const head = yield* request(url, { method: "HEAD" })
    deepStrictEqual([head.status, head.headers.get("content-length")], [200, String(first.bytes.length)])
    const beyond = yield* request(url, { headers: { range: `bytes=${first.bytes.length}-` } })
    deepStrictEqual([beyond.status, beyond.headers.get("content-range")], [416, `bytes */${first.bytes.length}`])
    const last = yield* request(url, { headers: { range: "bytes=-7" } })
    assert.isTrue(last.bytes.equals(first.bytes.subarray(-7)))
  })

describe(`a video with audio, with ${hasNative ? "native FFmpeg" : "ffmpeg.wasm, because native FFmpeg is missing"}`, () => {
  it.scopedLive(
    "is published in 360p, 480p and 720p, and plays to its end",
    () =>
      Effect.gen(function* () {
        const { client, folder, server } = yield* aServer({})
        const clip = yield* makeClip(folder, "clip.mp4", { size: "1280x720", seconds: 3 })
        const { uuid } = yield* client.upload(clip)
        const video = yield* client.settled(uuid)
        assert.match(yield* server.log, hasNative ? /Using FFmpeg \d/ : /Using ffmpeg\.wasm/)
        assertPublished(video, [360, 480, 720])
        assertPlays(video, yield* play(String(video.playlistUrl)), 3)
        assert.deepInclude(yield* assertPicture(video.thumbnailUrl), { width: 1280, height: 720 })
        yield* assertCacheable(String(video.files[0]?.url))
      }).pipe(Effect.provide(Engine)),
    120_000
  )
})

/** Records files that are created in the folder from now on. */
const arrivals = (folder: string) =>
  Effect.gen(function* () {
    const names = new Set<string>()
    yield* Effect.acquireRelease(
      Effect.sync(() => watch(folder, (_, name) => names.add(String(name)))),
      (watcher) => Effect.sync(() => watcher.close())
    )
    return Effect.sync(() => [...names])
  })

/** A progressive file and a storyboard of a video, and those of its edited version. */
const assertAside = (client: ReturnType<typeof api>, clip: string) =>
  Effect.gen(function* () {
    const { uuid } = yield* client.upload(clip, "clip.mp4", { hls: "false", webVideos: "true" })
    yield* client.settled(uuid)
    const tasks = [{ name: "cut", options: { end: 3 } }]
    const headers = { "content-type": "application/json" }
    const asked = { method: "POST", body: JSON.stringify({ tasks }), headers }
    assert.strictEqual((yield* client.send(`/videos/${uuid}/edit`, asked)).status, 200)
    const { duration, jobs, webVideos } = yield* client.settled(uuid)
    const each = ["vod-web-video-transcoding", "vod-web-video-transcoding", "generate-video-storyboard"]
    deepStrictEqual(
      jobs.map(({ state, type }) => [type, state.label]),
      [...each, "video-studio-transcoding", ...each].map((type) => [type, "Completed"])
    )
    assert.closeTo(Number(duration), 3, 0.1)
    for (const { url } of webVideos) assert.closeTo((yield* decodeUrl(url)).format.duration, 3, 0.1)
    assert.lengthOf(webVideos, 2)
  })

describe("a video with audio, with neither FFmpeg nor PostgreSQL on PATH", () => {
  it.scopedLive(
    "is published by ffmpeg.wasm, and plays to its end",
    () =>
      Effect.gen(function* () {
        const TMPDIR = yield* temporaryFolder
        const { client, server } = yield* aServer({
          TMPDIR,
          PATH: yield* barePath,
          CUSTOM_UPLOADS: "on",
          STORYBOARDS: "on",
          TRANSCODING_RESOLUTIONS_144P: "true",
          TRANSCODING_ALWAYS_TRANSCODE_ORIGINAL_RESOLUTION: "true"
        })
        const came = yield* arrivals(join(server.dataDir, "storage"))
        const { uuid } = yield* client.upload(fixture("moov-last.mp4"))
        const video = yield* client.settled(uuid)
        assert.match(yield* server.log, /Using ffmpeg\.wasm/)
        assertPublished(video, [144, 180])
        assert.include(yield* came, "custom-uploads", "the runner brought its files before the result")
        assertPlays(video, yield* play(String(video.playlistUrl)), 2)
        yield* assertAside(client, fixture("audio-longer.mp4"))
        assert.deepInclude(yield* assertPicture(video.thumbnailUrl), { width: 320, height: 180 })
        deepStrictEqual(yield* server.stop(), { code: 0, signal: null })
        const left = yield* filesBelow(TMPDIR)
        deepStrictEqual(left, [])
      }).pipe(Effect.provide(Engine)),
    120_000
  )
})
