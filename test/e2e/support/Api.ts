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
  chunks: Schema.NullOr(Schema.Struct({ total: Schema.Int, completed: Schema.Int })),
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

/** The document of a video. */
export const Video = Schema.Struct({
  uuid: Schema.UUID,
  id: Schema.Int,
  name: Schema.String,
  externalId: Schema.NullOr(Schema.String),
  metadata: Schema.Unknown,
  title: Schema.NullOr(Schema.String),
  fileName: Schema.NullOr(Schema.String),
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
  chunking: Schema.NullOr(Schema.Struct({ state: Schema.String })),
  jobs: Schema.Array(Job),
  progress: Schema.Number
})
export type Video = typeof Video.Type

const Page = Schema.Struct({ total: Schema.Int, data: Schema.Array(Video) })
const Created = Schema.Struct({ video: Schema.Struct({ id: Schema.Int, uuid: Schema.UUID }) })

/** A response with its whole body. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
}

/** Sends a request and reads the response. */
export const request = (url: string, init: RequestInit = {}): Effect.Effect<Answer> =>
  Effect.promise(async (signal) => {
    const response = await fetch(url, { signal, ...init })
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString() }
  })

/** Decodes the document of a successful response. */
const documentOf =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (answer: Answer): A => {
    assert.strictEqual(answer.status, 200, answer.text)
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json\b/)
    return Schema.decodeUnknownSync(schema)(JSON.parse(answer.text))
  }

/** Asserts a problem document with this status and without internals of the server. */
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

/** A form with the file, which is read while it is sent. */
export const uploadForm = (path: string, name = "clip.mp4"): Effect.Effect<FormData> =>
  Effect.promise(async () => {
    const form = new FormData()
    form.set("videoFile", await openAsBlob(path, { type: "video/mp4" }), name)
    return form
  })

const unfinished = new Set(["Pending", "Processing", "Waiting for parent job to finish", "Completing"])

/** Whether all jobs of a video have ended, and no other one follows from its source. */
export const hasEnded = ({ chunking, jobs }: Video): boolean =>
  chunking?.state !== "cutting" && jobs.every(({ state }) => !unfinished.has(state.label))

/** Waits until the playlist of a rendition in chunks is complete. It is written after the last job has ended. Returns its text. */
export const completePlaylist = (url: string): Effect.Effect<string> =>
  until(
    "the playlist is complete",
    Effect.map(request(url), ({ text }) => text),
    (text) => text.includes("#EXT-X-ENDLIST")
  )

/** A client of the server's routes, with a token or without. */
export const api = (url: string, token?: string) => {
  const headers = bearer(token)
  const video = (uuid: string) => Effect.map(request(`${url}/videos/${uuid}`, { headers }), documentOf(Video))
  return {
    send: (path: string, init: RequestInit = {}) =>
      request(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } }),
    /** Uploads a video with the fields of a plan. */
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
    /** Waits until all jobs of the video have ended. */
    settled: (uuid: string, seconds?: number) =>
      until("all jobs of the video have ended", video(uuid), hasEnded, seconds)
  }
}

/** Asserts that the video is published in these resolutions, with every job completed at the first attempt. */
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
