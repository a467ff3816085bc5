import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readForm } from "./support/forms.ts"
import { instantFfmpeg, startRunner, testServer, until } from "./support/harness.ts"
import { otherServer } from "./support/otherServer.ts"

/** A store that records its uploads. */
const storeOf = (uploads: Array<object>) =>
  otherServer(({ body, method, type, url }) => {
    const parts = readForm(type, body).map(({ content, contentType, name }) => ({
      ...{ name, contentType },
      content: `${content}`
    }))
    uploads.push({ method, url, parts })
    return { status: 204 }
  })

const rendition = { resolution: 120, fps: 24 }
const sprites = { size: { width: 2, height: 2 }, count: { width: 1, height: 1 }, duration: 1 }

for (const [type, output, rest] of [
  ["vod-hls-transcoding", rendition, {}],
  ["vod-web-video-transcoding", rendition, {}],
  ["vod-audio-merge-transcoding", rendition, {}],
  ["video-studio-transcoding", {}, { tasks: [{ name: "cut", options: { end: 1 } }] }],
  ["generate-video-storyboard", {}, { sprites }]
] as const) {
  it.scopedLive(`uploads the media of ${type} to the given address instead of the form`, () =>
    Effect.gen(function* () {
      const server = yield* testServer
      const uploads: Array<object> = []
      const upload = { url: `${yield* storeOf(uploads)}/media?key=1`, method: "POST" }
      const addresses = { videoFileCustomUpload: upload, storyboardFileCustomUpload: upload }
      const job = server.addJob({ type, files: { file: Buffer.from("source") } }, (url) => {
        const input = { videoFileUrl: url("file"), audioFileUrl: url("file"), previewFileUrl: url("file") }
        return { ...rest, input, output: { ...output, ...addresses } }
      })
      yield* startRunner(server, instantFfmpeg)
      yield* until("the job is done", () => job.state === "Completed")
      const contentType = type === "generate-video-storyboard" ? "image/jpeg" : "video/mp4"
      const parts = [{ name: "file", contentType, content: "made" }]
      expect(uploads).toEqual([{ method: "POST", url: "/media?key=1", parts }])
      const kept = type === "vod-hls-transcoding" ? ["payload[resolutionPlaylistFile]"] : []
      expect(job.result.map(({ name }) => name)).toEqual(["jobToken", "runnerToken", ...kept])
    })
  )
}
