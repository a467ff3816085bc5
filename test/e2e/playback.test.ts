import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { assertPublished, request } from "./support/Api.ts"
import { Engine, makeClip } from "./support/clips.ts"
import { hasNative } from "./support/native.ts"
import { assertPicture } from "./support/picture.ts"
import { play } from "./support/playback.ts"
import { aServer, assertPlays } from "./support/playedVideos.ts"

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
        const clip = yield* makeClip(folder, "clip.mp4", { size: "1280x720", seconds: 1 })
        const { uuid } = yield* client.upload(clip)
        const video = yield* client.settled(uuid)
        assert.match(yield* server.log, hasNative ? /Using FFmpeg \d/ : /Using ffmpeg\.wasm/)
        assertPublished(video, [360, 480, 720])
        assertPlays(video, yield* play(String(video.playlistUrl)), 1)
        assert.deepInclude(yield* assertPicture(video.thumbnailUrl), { width: 1280, height: 720 })
        yield* assertCacheable(String(video.files[0]?.url))
      }).pipe(Effect.provide(Engine)),
    300_000
  )
})
