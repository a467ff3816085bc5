import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { assertProblem, request } from "./support/Api.ts"
import { fixture } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const TOKEN = "a-secret-of-the-operator"
const CLIP = fixture("audio-longer.mp4")

/** A server without its own runner. */
class Quiet extends Context.Tag("Quiet")<Quiet, ExampleServer.ExampleServer>() {}

const quiet = Layer.scoped(
  Quiet,
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const env = { LOCAL_RUNNER: "off", STORYBOARDS: "on", ADMIN_TOKEN: TOKEN, RUNNER_RETIRED_FOR: "1 hour" }
    return yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
  })
)

type Json = Readonly<Record<string, unknown>>

const formOf = (fields: Readonly<Record<string, string | Blob>>): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

const blob = (path: string) => Effect.promise(async () => new Blob([await readFile(path)]))

/** Requests of users and of a runner, with decoded answers. */
const hands = Effect.map(Quiet, ({ url }) => {
  const send = (path: string, init: RequestInit = {}) =>
    request(url + path, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } })
  const post = (path: string, body: object) =>
    body instanceof FormData
      ? send(path, { method: "POST", body })
      : send(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })
  const document = (answer: { readonly status: number; readonly text: string }): Json => {
    assert.strictEqual(answer.status, 200, answer.text)
    return JSON.parse(answer.text)
  }
  return {
    send,
    post,
    get: (path: string) => Effect.map(send(path), document),
    ask: (path: string, body: object) => Effect.map(post(path, body), document)
  }
})

/** A video with completed transcoding and a pending storyboard, and a runner. */
const aVideo = Effect.gen(function* () {
  const server = yield* Quiet
  const { ask, get, post } = yield* hands
  const { video } = yield* ask("/videos/upload", formOf({ videoFile: yield* blob(CLIP) }))
  const { uuid } = video as { readonly uuid: string }
  const jobs = (yield* get(`/videos/${uuid}`)).jobs as ReadonlyArray<{ uuid: string; type: string }>
  assert.strictEqual(jobs.at(-1)?.type, "generate-video-storyboard")
  for (const job of jobs.filter(({ type }) => type.startsWith("vod-"))) {
    assert.strictEqual((yield* post(`/api/v1/runners/jobs/${job.uuid}/cancel`, {})).status, 204)
  }
  const registrationToken = yield* ExampleServer.registrationToken(server)
  const { runnerToken } = yield* ask("/api/v1/runners/register", { name: uuid, registrationToken })
  return { uuid, runnerToken: String(runnerToken), storyboard: String(jobs.at(-1)?.uuid) }
})

/** The runner accepts the job and submits the given result. */
const work = (runnerToken: string, id: string, payload: Readonly<Record<string, string | Blob>>) =>
  Effect.gen(function* () {
    const { ask, post } = yield* hands
    const { job } = yield* ask(`/api/v1/runners/jobs/${id}/accept`, { runnerToken })
    const { jobToken } = job as { readonly jobToken: string }
    const named = Object.entries(payload).map(([name, value]) => [`payload[${name}]`, value] as const)
    const form = formOf({ runnerToken, jobToken, ...Object.fromEntries(named) })
    assert.strictEqual((yield* post(`/api/v1/runners/jobs/${id}/success`, form)).status, 204)
  })

const idOf = ({ job }: Json): string => (job as { readonly uuid: string }).uuid

layer(quiet, { excludeTestServices: true, timeout: "5 minutes" })("the example server", (it) => {
  it.effect("accepts a request for captions and publishes them", () =>
    Effect.gen(function* () {
      const { ask, get, post, send } = yield* hands
      const { runnerToken, uuid } = yield* aVideo
      const before = yield* get(`/videos/${uuid}`)
      deepStrictEqual([before.language, before.captions, before.storyboard] as Array<unknown>, [null, [], null])
      assertProblem(yield* post(`/videos/${uuid}/transcript`, { videoUrl: "file:///etc/passwd" }), 400)
      const job = idOf(yield* ask(`/videos/${uuid}/transcript`, {}))
      assertProblem(yield* send(`/videos/${uuid}/transcript`, { method: "POST" }), 409)
      const vttFile = new Blob(["WEBVTT\n\n00:00.000 --> 00:01.000\nMeow.\n"])
      yield* work(runnerToken, job, { inputLanguage: "fr", vttFile })
      const { captions, language } = yield* get(`/videos/${uuid}`)
      assert.strictEqual(language, "fr")
      const [caption] = captions as ReadonlyArray<{ url: string; label: string; automatic: boolean }>
      deepStrictEqual([caption?.label, caption?.automatic], ["French", true])
      const served = yield* request(String(caption?.url))
      assert.strictEqual(served.headers.get("content-type"), "text/vtt; charset=utf-8")
      assert.include(served.text, "Meow.")
    })
  )

  it.effect("accepts a request for captions of a video that lies elsewhere", () =>
    Effect.gen(function* () {
      const server = yield* Quiet
      const { ask, get, post } = yield* hands
      const path = "/videos/transcript"
      const asked = { destination: "elsewhere/dog", videoUrl: "https://203.0.113.7/dog.mp4", title: "A dog" }
      for (const [over, status] of [
        [{ videoUrl: undefined }, 404],
        [{ videoUrl: "ftp://203.0.113.7/dog.mp4" }, 400],
        [{ videoUrl: 1 }, 400],
        [{ destination: "uploads/dog" }, 400],
        [{ destination: "../dog" }, 400],
        [{ destination: ".hidden" }, 400],
        [{ title: "x".repeat(501) }, 400]
      ] as const) {
        assertProblem(yield* post(path, { ...asked, ...over }), status)
      }
      const { video, ...added } = yield* ask(path, asked)
      const { uuid } = video as { readonly uuid: string }
      assertProblem(yield* post(path, asked), 409)
      const registrationToken = yield* ExampleServer.registrationToken(server)
      const { runnerToken } = yield* ask("/api/v1/runners/register", { name: "elsewhere", registrationToken })
      const vttFile = new Blob(["WEBVTT\n\n00:00.000 --> 00:01.000\nWoof.\n"])
      yield* work(String(runnerToken), idOf(added), { inputLanguage: "mn", vttFile })
      const { captions, language, name, playlistUrl, progress, state } = yield* get(`/videos/${uuid}`)
      deepStrictEqual([language, name, playlistUrl, progress, state] as Array<unknown>, [
        "mn",
        "A dog",
        null,
        100,
        { id: 3, label: "To import" }
      ])
      const [caption] = captions as ReadonlyArray<{ url: string }>
      assert.include((yield* request(String(caption?.url))).text, "Woof.")
      assertProblem(yield* post(`/videos/${uuid}/renditions`, {}), 409)
      assertProblem(yield* post(`/videos/${uuid}/edit`, { tasks: [{ name: "cut", options: { start: 1 } }] }), 409)
    })
  )

  it.effect("shows the complete probe results on demand", () =>
    Effect.gen(function* () {
      const { get, send } = yield* hands
      const { uuid } = yield* aVideo
      const { files, source, webVideos } = yield* get(`/videos/${uuid}/reports`)
      deepStrictEqual([files, webVideos] as Array<unknown>, [[], []])
      const { format, streams } = source as { readonly format: Json; readonly streams: ReadonlyArray<Json> }
      deepStrictEqual(
        streams.map(({ codec_name }) => codec_name),
        ["h264", "aac"]
      )
      assert.match(String(format.format_name), /mp4/)
      assert.notProperty(format, "filename")
      assert.notProperty(yield* get(`/videos/${uuid}`), "reports")
      assertProblem(yield* send("/videos/00000000-0000-4000-8000-000000000000/reports"), 404)
    })
  )

  it.effect("edits into a new video, and leaves the old one as it is", () =>
    Effect.gen(function* () {
      const { ask, get, post, send } = yield* hands
      const { runnerToken, uuid } = yield* aVideo
      const path = `/videos/${uuid}/edit`
      const before = yield* get(`/videos/${uuid}`)
      const tasks = [{ name: "cut", options: { start: 0 } }]
      for (const body of [
        { tasks, into: "other" },
        { tasks, destination: "clips/cat" },
        { tasks, into: "new", destination: "uploads/cat" },
        { tasks, into: "new", title: "x".repeat(501) },
        formOf({ tasks: JSON.stringify(tasks), into: "both" })
      ])
        assertProblem(yield* post(path, body), 400)

      const { video, ...added } = yield* ask(path, { tasks, into: "new", title: "A part" })
      const { uuid: made } = video as { readonly uuid: string }
      const picture = { "task-1": yield* blob(fixture("picture.png")) }
      const watermark = JSON.stringify([{ name: "add-watermark", options: {} }])
      const second = yield* ask(path, formOf({ tasks: watermark, into: "new", destination: "clips/b", ...picture }))
      yield* work(runnerToken, idOf(added), { videoFile: yield* blob(CLIP) })
      const after = yield* get(`/videos/${made}`)
      deepStrictEqual([after.state, after.name] as Array<unknown>, [{ id: 2, label: "To transcode" }, "A part"])
      deepStrictEqual(yield* get(`/videos/${uuid}`), before)

      const other = (second.video as { readonly uuid: string }).uuid
      deepStrictEqual((yield* get(`/videos/${other}`)).name, before.name)
      for (const one of [other, made, uuid]) {
        assert.strictEqual((yield* send(`/videos/${one}`, { method: "DELETE" })).status, 204)
      }
    })
  )

  it.effect("accepts an edit with its files, and does not serve sources", () =>
    Effect.gen(function* () {
      const { dataDir, url } = yield* Quiet
      const { ask, get, post } = yield* hands
      const { runnerToken, uuid } = yield* aVideo
      const nameOfUpload = (yield* get(`/videos/${uuid}`)).name
      const path = `/videos/${uuid}/edit`
      const stored = Effect.map(filesBelow(join(dataDir, "storage")), (files) => files.map(([name]) => name))
      const before = yield* stored
      const watermark = (options: object) => JSON.stringify([{ name: "add-watermark", options }])
      const picture = { "task-1": yield* blob(fixture("picture.png")) }
      const upload = before.find((name) => name.startsWith("uploads/")) ?? ""

      for (const body of [
        { tasks: [{ name: "add-intro", options: { file: upload } }] },
        { tasks: [] },
        { tasks: "cut" },
        formOf({ tasks: watermark({ file: "tasks/logo.png" }), ...picture }),
        formOf({ tasks: "[", ...picture }),
        formOf({ tasks: watermark({}) })
      ])
        assertProblem(yield* post(path, body), 400)
      const sound = { "task-1": yield* blob(fixture("audio.mp3")) }
      assertProblem(yield* post(path, formOf({ tasks: watermark({}), ...sound })), 422)
      deepStrictEqual(yield* stored, before)

      const job = idOf(yield* ask(path, formOf({ tasks: watermark({}), ...picture })))
      deepStrictEqual((yield* get(`/videos/${uuid}`)).state as unknown, { id: 9, label: "To edit" })
      assertProblem(yield* post(path, formOf({ tasks: watermark({}), ...picture })), 409)
      yield* work(runnerToken, job, { videoFile: yield* blob(CLIP) })
      const after = yield* get(`/videos/${uuid}`)
      deepStrictEqual(after.state as unknown, { id: 2, label: "To transcode" })
      assert.strictEqual(after.name, nameOfUpload, "the name outlives the file")
      const source = (yield* stored).find((name) => name.endsWith("-source.mp4"))
      assert.isDefined(source)
      const { thumbnailUrl } = yield* get(`/videos/${uuid}`)
      const { search } = new URL(String(thumbnailUrl))
      const [, , name] = String(source).split("/")
      assert.match(search, /^\?token=/)
      assertProblem(yield* request(`${url}/playback/${uuid}/${name}${search}`), 404)
    })
  )
})
