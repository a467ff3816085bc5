import { openAsBlob, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api, assertProblem, request, type Video } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const jobs = ({ jobs: all }: Video) => all.map(({ resolution, state, type }) => `${type} ${resolution} ${state.label}`)

const fileName = "🎬🚀 Урлаг — مرحبا….mp4"

it.scopedLive(
  "plans follow the upload's options, otherwise the environment",
  () =>
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryFolder, "data")
      const env = { LOCAL_RUNNER: "off", TRANSCODING_WEB_VIDEOS: "true", TRANSCODING_KEEP_SOURCE: "false" }
      const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
      const client = api(server.url)
      const stored = Effect.map(filesBelow(join(dataDir, "storage")), (files) => files.map(([name]) => name))

      const clip = yield* client.upload(fixture("moov-last.mp4"), fileName, { title: "" })
      const shown = yield* client.video(clip.uuid)
      deepStrictEqual([shown.name, shown.title, shown.fileName], [fileName, null, fileName])
      deepStrictEqual(jobs(shown), ["vod-hls-transcoding 180 Pending", "vod-web-video-transcoding 180 Pending"])

      const previewFile = yield* Effect.promise(() => openAsBlob(fixture("picture.png")))
      const title = "Наадам 🏇"
      const metadata = { owner: { id: 7 } }
      const wishes = {
        externalId: "order 7",
        metadata: JSON.stringify(metadata),
        title,
        previewFile,
        webVideos: "false",
        splitAudio: "true",
        keepSource: "true",
        graph: "peertube"
      }
      const song = yield* client.upload(fixture("audio.mp3"), "song.mp3", wishes)
      const video = yield* client.video(song.uuid)
      deepStrictEqual(jobs(video), [
        "vod-audio-merge-transcoding 480 Pending",
        "vod-hls-transcoding 480 Waiting for parent job to finish",
        "vod-hls-transcoding 0 Waiting for parent job to finish",
        "vod-hls-transcoding 360 Waiting for parent job to finish"
      ])
      deepStrictEqual([video.name, video.title, video.fileName], [title, title, "song.mp3"])
      deepStrictEqual([video.externalId, video.metadata], ["order 7", metadata])
      const before = yield* stored
      deepStrictEqual(yield* client.upload(fixture("audio.mp3"), "again.mp3", { externalId: "order 7" }), song)
      deepStrictEqual(yield* stored, before, "nothing is left of the second upload")
      deepStrictEqual(video.webVideos, [])
      const picture = yield* request(video.thumbnailUrl ?? "")
      assert.strictEqual(picture.headers.get("content-type"), "image/png")
      deepStrictEqual(picture.bytes, readFileSync(fixture("picture.png")))
      const uploads = (yield* stored).filter((name) => name.startsWith("uploads/"))
      assert.lengthOf(uploads, 2, "the picture is not stored as a separate upload")

      const path = uploads.find((name) => name.endsWith("/video.mp4")) ?? ""
      const asked = { path, destination: "videos/again", keepSource: true }
      assertProblem(yield* client.transcode({ ...asked, webVideos: "true" }), 400)
      assertProblem(yield* client.transcode({ ...asked, graph: "none" }), 400)
      for (const wrong of [{ title: "one\ntwo" }, { externalId: "" }, { metadata: "text" }]) {
        assertProblem(yield* client.transcode({ ...asked, ...wrong }), 400)
      }
      assertProblem(yield* client.transcode({ ...asked, picture: "no/picture.png" }), 404)
      const again = yield* client.transcode({ ...asked, webVideos: false })
      assert.strictEqual(again.status, 200, again.text)
      const { total } = yield* client.videos
      assert.strictEqual(total, 3)

      assert.strictEqual((yield* client.remove(song.uuid)).status, 204)
      deepStrictEqual(
        (yield* stored).filter((name) => name.endsWith(".mp3")),
        []
      )
    }),
  300_000
)
