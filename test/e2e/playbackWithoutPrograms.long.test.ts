import { watch } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { type api, assertPublished } from "./support/Api.ts"
import { Engine, fixture } from "./support/clips.ts"
import { assertPicture } from "./support/picture.ts"
import { decodeUrl, play } from "./support/playback.ts"
import { aServer, assertPlays } from "./support/playedVideos.ts"
import { barePath, filesBelow, temporaryFolder } from "./support/workspace.ts"

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
    300_000
  )
})
