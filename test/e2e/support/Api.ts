import { openAsBlob } from "node:fs"
import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Schema } from "effect"
import { until } from "./waiting.ts"

const State = Schema.Struct({ id: Schema.Int, label: Schema.String })

const Job = Schema.Struct({
  uuid: Schema.UUID,
  type: Schema.String,
  state: State,
  progress: Schema.NullOr(Schema.Number),
  failures: Schema.Int,
  error: Schema.NullOr(Schema.String),
  resolution: Schema.NullOr(Schema.Int),
  runner: Schema.NullOr(Schema.Struct({ id: Schema.Int, name: Schema.String })),
  attempts: Schema.Array(
    Schema.Struct({
      runner: Schema.String,
      version: Schema.NullOr(Schema.String),
      startedAt: Schema.String,
      endedAt: Schema.NullOr(Schema.String),
      outcome: Schema.NullOr(Schema.String),
      message: Schema.NullOr(Schema.String)
    })
  ),
  waitingFor: Schema.NullOr(Schema.String),
  retryAt: Schema.NullOr(Schema.String)
})

const File = Schema.Struct({
  resolution: Schema.Int,
  fps: Schema.Number,
  width: Schema.Int,
  height: Schema.Int,
  size: Schema.Int,
  url: Schema.String,
  playlistUrl: Schema.String
})

const WebVideo = File.omit("playlistUrl")

/** A video as the server shows it. */
export const Video = Schema.Struct({
  uuid: Schema.UUID,
  id: Schema.Int,
  state: State,
  duration: Schema.NullOr(Schema.Number),
  thumbnailUrl: Schema.NullOr(Schema.String),
  playlistUrl: Schema.NullOr(Schema.String),
  files: Schema.Array(File),
  webVideos: Schema.Array(WebVideo),
  storyboard: Schema.NullOr(Schema.Struct({ url: Schema.String, trackUrl: Schema.String })),
  live: Schema.NullOr(
    Schema.Struct({ state: Schema.String, error: Schema.NullOr(Schema.String), replay: Schema.Boolean })
  ),
  jobs: Schema.Array(Job),
  progress: Schema.Number
})
export type Video = typeof Video.Type

const Page = Schema.Struct({ total: Schema.Int, data: Schema.Array(Video) })
const Created = Schema.Struct({ video: Schema.Struct({ id: Schema.Int, uuid: Schema.UUID }) })

/** An answer, read whole. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
}

/** Sends a request and reads the answer. */
export const request = (url: string, init: RequestInit = {}): Effect.Effect<Answer> =>
  Effect.promise(async (signal) => {
    const response = await fetch(url, { signal, ...init })
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString() }
  })

/** The document of a good answer. */
const documentOf =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (answer: Answer): A => {
    assert.strictEqual(answer.status, 200, answer.text)
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json\b/)
    return Schema.decodeUnknownSync(schema)(JSON.parse(answer.text))
  }

/** That an answer refuses with this status, as problem documents do, and tells nothing of how the server is made. */
export const assertProblem = (answer: Pick<Answer, "status" | "text" | "headers">, status: number): void => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json\b/)
  const problem = JSON.parse(answer.text)
  assert.strictEqual(problem.status, status)
  assert.isString(problem.detail)
  assert.isAbove(problem.detail.length, 0)
  assert.notMatch(answer.text, /\.(?:ts|js|mjs):\d|node_modules|\bat \w+ \(|Error:|FiberFailure|effect\//)
}

const bearer = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` })

/** A form with the file, read from the disk while it is sent. */
export const uploadForm = (path: string, name = "clip.mp4"): Effect.Effect<FormData> =>
  Effect.promise(async () => {
    const form = new FormData()
    form.set("videoFile", await openAsBlob(path, { type: "video/mp4" }), name)
    return form
  })

const unfinished = new Set(["Pending", "Processing", "Waiting for parent job to finish", "Completing"])

const hasEnded = ({ jobs }: Video): boolean => jobs.every(({ state }) => !unfinished.has(state.label))

/** What people and their programs can do with the server at this address. */
export const api = (url: string, token?: string) => {
  const headers = bearer(token)
  const video = (uuid: string) => Effect.map(request(`${url}/videos/${uuid}`, { headers }), documentOf(Video))
  return {
    send: (path: string, init: RequestInit = {}) =>
      request(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } }),
    /** Hands in a video, and what is wanted of it. */
    upload: (path: string, name?: string, fields: Readonly<Record<string, string | Blob>> = {}) =>
      Effect.gen(function* () {
        const body = yield* uploadForm(path, name)
        for (const [field, value] of Object.entries(fields)) body.set(field, value)
        const answer = yield* request(`${url}/videos/upload`, { method: "POST", body, headers })
        return documentOf(Created)(answer).video
      }),
    transcode: (body: unknown) =>
      request(`${url}/videos/transcode`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body)
      }),
    remove: (uuid: string) => request(`${url}/videos/${uuid}`, { method: "DELETE", headers }),
    video,
    videos: Effect.map(request(`${url}/videos?start=0&count=100`, { headers }), documentOf(Page)),
    /** The video once all of its jobs have ended, well or badly. */
    settled: (uuid: string, seconds = 60) => until("all jobs of the video have ended", video(uuid), hasEnded, seconds)
  }
}

/** That the video is there in full: published, every job completed at once, nothing twice. */
export const assertPublished = (video: Video, resolutions: ReadonlyArray<number>): void => {
  const shown = JSON.stringify(video, null, 1)
  deepStrictEqual(video.state, { id: 1, label: "Published" }, shown)
  assert.strictEqual(video.progress, 100, shown)
  const made = video.files.map(({ resolution }) => resolution).sort((a, b) => a - b)
  deepStrictEqual(made, [...resolutions], shown)
  deepStrictEqual(
    video.jobs.map(({ resolution }) => resolution).sort((a, b) => Number(a) - Number(b)),
    [...resolutions],
    shown
  )
  for (const job of video.jobs) {
    assert.strictEqual(job.state.label, "Completed", shown)
    assert.strictEqual(job.progress, 100, shown)
  }
  assert.isNotNull(video.playlistUrl)
}
