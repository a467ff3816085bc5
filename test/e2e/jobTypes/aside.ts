import { once } from "node:events"
import { openAsBlob } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Effect } from "effect"
import { request } from "../support/Api.ts"
import { fixture } from "../support/clips.ts"
import { hasNative, leftOut, probeUrl, subtitles, subtitlesOf, tracksOf } from "../support/native.ts"
import { temporaryFolder } from "../support/workspace.ts"
import { assertPlays } from "./vod.ts"
import { type Cases, finished, gone, idOf, post, show, stored, Works, workOf } from "./works.ts"

/** The subtitles that a player finds. */
const assertSubtitles = (url: string) =>
  Effect.gen(function* () {
    if (!hasNative) return leftOut("a player with subtitle support")
    const report = yield* probeUrl(url, ...subtitles)
    deepStrictEqual(tracksOf(report), ["audio", "audio", "subtitle", "video 256x144", "video 320x180"])
    const text = report.streams.find(({ codec_type }) => codec_type === "subtitle")
    deepStrictEqual([text?.codec_name, text?.tags?.language], ["webvtt", "pt-BR"])
    assert.include(yield* subtitlesOf(url), "16000 Hz")
  })

const LOGO = 64

/** A red square. */
const logo = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const { ffmpeg } = yield* Ffmpeg
  yield* ffmpeg({
    inputs: [],
    outputDirectory: folder,
    arguments: ({ output }) => [
      ...["-f", "lavfi", "-i", `color=c=red:size=${LOGO}x${LOGO}`, "-frames:v", "1", output("logo.png")]
    ]
  })
  return yield* Effect.promise(() => openAsBlob(join(folder, "logo.png")))
})

/** Red, green and blue near the upper right corner of a rendition, at a second. */
const cornerOf = (url: string, second: number) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const path = join(folder, "rendition.mp4")
    const { bytes } = yield* request(url)
    yield* Effect.promise(() => writeFile(path, bytes))
    const { ffmpeg } = yield* Ffmpeg
    yield* ffmpeg({
      inputs: [{ path }],
      outputDirectory: folder,
      arguments: ({ input, output }) => [
        ...["-ss", `${second}`, "-i", input(0), "-frames:v", "1", "-vf", "crop=2:2:iw-20:16"],
        ...["-f", "rawvideo", "-pix_fmt", "rgb24", output("corner")]
      ]
    })
    return [...(yield* Effect.promise(() => readFile(join(folder, "corner"))))].slice(0, 3)
  }).pipe(Effect.scoped)

const isRed = ([red = 0, green = 0, blue = 0]: ReadonlyArray<number>) => red > 150 && green < 90 && blue < 90

/** Another server that answers every request with the file. */
const serveElsewhere = (path: string) =>
  Effect.gen(function* () {
    const requests: Array<string> = []
    const bytes = yield* Effect.promise(() => readFile(path))
    const server = yield* Effect.acquireRelease(
      Effect.sync(() =>
        createServer(({ method = "", url }, response) => {
          requests.push(`${method} ${url}`)
          response.end(bytes)
        })
      ),
      (server) => Effect.sync(() => server.close())
    )
    server.listen(0, "127.0.0.1")
    yield* Effect.promise(() => once(server, "listening"))
    const { port } = server.address() as AddressInfo
    return { requests, url: `http://127.0.0.1:${port}/cat.mp4` }
  })

/** Two seconds: one second of the cut video after an intro of another video. */
const edit = Effect.gen(function* () {
  const form = new FormData()
  const tasks = [
    { name: "cut", options: { start: 1 } },
    { name: "add-watermark", options: { watermarkSizeRatio: 0.2 } },
    { name: "add-intro", options: {} }
  ]
  form.set("tasks", JSON.stringify(tasks))
  form.set("task-2", yield* logo, "logo.png")
  form.set("task-3", yield* Effect.promise(() => openAsBlob(fixture("faststart.mp4"))), "intro.mp4")
  return form
})

export const captionsCase = (it: Cases): void => {
  it.effect("captions that players find", () =>
    Effect.gen(function* () {
      yield* post(`/videos/${yield* idOf("spoken")}/transcript`, {})
      const { captions, language, playlistUrl } = yield* finished("spoken")
      deepStrictEqual([language, captions.map((one) => one.language)], ["pt-BR", ["pt-BR"]])
      const { text } = yield* request(String(captions[0]?.url))
      assert.include(text, "RIFF, 1 channel, 16000 Hz", "the program received the audio")
      yield* assertSubtitles(String(playlistUrl))
    })
  )
}

/** Jobs that follow after transcoding. */
export const asideCases = (it: Cases): void => {
  captionsCase(it)

  it.effect("captions of a video that lies elsewhere", () =>
    Effect.gen(function* () {
      const { client } = yield* Works
      const { requests, url } = yield* serveElsewhere(fixture("moov-last.mp4"))
      const answer = yield* post("/videos/transcript", { destination: "elsewhere/cat/", videoUrl: url, title: "Муур" })
      const { job, video } = answer as { readonly job: { uuid: string }; readonly video: { id: number; uuid: string } }
      yield* client.settled(video.uuid)
      const { captions, id, jobs, playlistUrl, state, title } = yield* show(video.uuid)
      deepStrictEqual([id, state, title], [video.id, { id: 3, label: "To import" }, "Муур"])
      deepStrictEqual(
        jobs.map(({ state, type, uuid }) => [type, uuid, state.label]),
        [["video-transcription", job.uuid, "Completed"]]
      )
      assert.isNull(playlistUrl)
      assert.include((yield* request(String(captions[0]?.url))).text, "16000 Hz", "the program received the audio")
      assert.include(requests.join(), "POST")
      deepStrictEqual((yield* client.remove(video.uuid)).status, 204)
      yield* gone("the captions", (name) => name.startsWith("elsewhere/"))
    }).pipe(Effect.scoped)
  )

  it.effect("an edited video from a video and uploaded files", () =>
    Effect.gen(function* () {
      yield* post(`/videos/${yield* idOf("spoken")}/edit`, yield* edit)
      const video = yield* finished("spoken")
      assert.includeMembers([...workOf(video)], ["video-studio-transcoding", "generate-video-storyboard"])
      deepStrictEqual([video.captions, video.language], [[], "pt-BR"])
      yield* assertPlays(video, ["audio", "audio", "video 256x144", "video 320x180"], 3)
      const url = String(video.files.find(({ resolution }) => resolution === 180)?.url)
      deepStrictEqual([isRed(yield* cornerOf(url, 0.5)), isRed(yield* cornerOf(url, 2.5))], [false, true])
      yield* gone("what the edit needed", (name) => /\/(?:logo\.png|intro\.mp4|unsized\.mp4)$/.test(name))
      const sources = (yield* stored).filter((name) => name.endsWith("-source.mp4"))
      assert.lengthOf(sources, 1)
    }).pipe(Effect.scoped)
  )
}
