import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg, FfmpegError } from "@runner-connector/ffmpeg"
import { Context, Effect, Layer, Schema } from "effect"
import { api, Video } from "../support/Api.ts"
import { Engine, fixture } from "../support/clips.ts"
import * as ExampleServer from "../support/ExampleServer.ts"
import { until } from "../support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "../support/workspace.ts"

/** The bundled server with its own runner, which can do everything, and whoever administers it. */
export interface Working {
  readonly server: ExampleServer.ExampleServer
  readonly client: ReturnType<typeof api>
}

export class Works extends Context.Tag("Works")<Works, Working>() {}

/** How cases are added to the tests of this server. */
export type Cases = Vitest.MethodsNonLive<Works | Ffmpeg, true>

const TOKEN = "the-operator's-own"
const whisper = fileURLToPath(new URL("../../../packages/local-runner/test/support/whisper.mjs", import.meta.url))

const env = {
  ADMIN_TOKEN: TOKEN,
  STORYBOARDS: "on",
  TRANSCODING_RESOLUTIONS_144P: "true",
  TRANSCODING_RESOLUTIONS_360P: "false",
  TRANSCODING_RESOLUTIONS_480P: "false",
  TRANSCODING_RESOLUTIONS_720P: "false",
  TRANSCODING_ALWAYS_TRANSCODE_ORIGINAL_RESOLUTION: "true",
  // A job that needs a second try is a job that does not work.
  TRANSCODING_RUNNER_MAX_FAILURE: "1",
  RUNNER_RETIRED_FOR: "1 second",
  RUNNER_UPKEEP_INTERVAL: "500 millis",
  LOCAL_RUNNER_TRANSCRIPTION: `"${process.execPath}" '${whisper}' {input} {outputDirectory} name`
}

export const works: Layer.Layer<Works | Ffmpeg, FfmpegError> = Layer.scoped(
  Works,
  Effect.gen(function* () {
    const dataDir = join(yield* temporaryFolder, "data")
    const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
    return { server, client: api(server.url, TOKEN) }
  })
).pipe(Layer.merge(Engine))

const Whole = Schema.parseJson(
  Schema.Struct({
    ...Video.fields,
    language: Schema.NullOr(Schema.String),
    captions: Schema.Array(Schema.Struct({ language: Schema.String, url: Schema.String })),
    storyboard: Schema.NullOr(Schema.Struct({ url: Schema.String, trackUrl: Schema.String })),
    live: Schema.NullOr(Schema.Struct({ state: Schema.String, error: Schema.NullOr(Schema.String) }))
  })
)
export type Whole = typeof Whole.Type

/** All that the server tells of the video. */
export const show = (uuid: string): Effect.Effect<Whole, never, Works> =>
  Effect.flatMap(Works, ({ client }) =>
    Effect.map(client.send(`/videos/${uuid}`), ({ text }) => Schema.decodeUnknownSync(Whole)(text))
  )

/** Sends a document or a form; what comes back. */
export const post = (path: string, body: object): Effect.Effect<unknown, never, Works> =>
  Effect.gen(function* () {
    const { client } = yield* Works
    const json = { body: JSON.stringify(body), headers: { "content-type": "application/json" } }
    const answer = yield* client.send(path, { method: "POST", ...(body instanceof FormData ? { body } : json) })
    assert.include([200, 204], answer.status, answer.text)
    return answer.status === 204 ? undefined : JSON.parse(answer.text)
  })

/** Hands in a file of the corpus; the video's uuid. */
export const upload = (name: string, wishes: Readonly<Record<string, string | Blob>> = {}) =>
  Effect.flatMap(Works, ({ client }) => Effect.map(client.upload(fixture(name), name, wishes), ({ uuid }) => uuid))

/** The video once nothing is left to do, all of which was done at the first try. */
export const finished = (uuid: string): Effect.Effect<Whole, never, Works> =>
  Effect.gen(function* () {
    const { client } = yield* Works
    yield* client.settled(uuid)
    const video = yield* show(uuid)
    const shown = JSON.stringify(video, null, 1)
    deepStrictEqual([video.state.label, video.progress], ["Published", 100], shown)
    for (const { error, failures, state } of video.jobs) {
      deepStrictEqual([state.label, failures, error], ["Completed", 0, null], shown)
    }
    return video
  })

/** What the jobs of a video made, in order: `vod-hls-transcoding 144`. */
export const workOf = ({ jobs }: Pick<Video, "jobs">): ReadonlyArray<string> =>
  jobs.map(({ resolution, type }) => (resolution === null ? type : `${type} ${resolution}`)).sort()

/** The names of the files in storage. */
export const stored: Effect.Effect<ReadonlyArray<string>, never, Works> = Effect.flatMap(Works, ({ server }) =>
  Effect.map(filesBelow(join(server.dataDir, "storage")), (files) => files.map(([name]) => name))
)

/** Waits until no such file is in storage any more. */
export const gone = (what: string, isIt: (name: string) => boolean): Effect.Effect<void, never, Works> =>
  Effect.asVoid(until(`${what} is gone`, stored, (names) => !names.some(isIt)))
