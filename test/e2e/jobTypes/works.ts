import { openAsBlob } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Ffmpeg, FfmpegError, FfmpegFailed } from "@runner-connector/ffmpeg"
import { Context, Effect, Fiber, Layer, Option, Record, Schema, type Scope } from "effect"
import { type RtmpSource, startRtmpSource } from "../../fixtures/RtmpSource.ts"
import { api, Video } from "../support/Api.ts"
import { Engine, fixture } from "../support/clips.ts"
import * as ExampleServer from "../support/ExampleServer.ts"
import { hasNative } from "../support/native.ts"
import { only144p } from "../support/only144p.ts"
import { until } from "../support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "../support/workspace.ts"

type Wish = readonly [fileName: string, fields: Readonly<Record<string, string>>]

/** Files of the corpus and their plans. They are submitted at the start, so that no runner is idle. */
const wishes = {
  split: ["moov-last.mp4", { splitAudio: "true" }],
  beside: ["audio-longer.mp4", { webVideos: "true" }],
  alone: ["faststart.mp4", { hls: "false", webVideos: "true", keepSource: "false" }],
  inTurn: ["fragmented.mp4", { graph: "peertube", keepSource: "false" }],
  pictured: ["audio.mp3", { previewFile: "picture.png" }],
  plain: ["audio.m4a", { audioMerge: "true", hls: "false", webVideos: "true" }],
  spoken: ["unsized.mp4", {}]
} as const satisfies Record<string, Wish>

export type Name = keyof typeof wishes

/** The bundled server with its own runner that supports all jobs, and an administrator. */
export interface Working {
  readonly server: ExampleServer.ExampleServer
  readonly client: ReturnType<typeof api>
  /** The submitted videos. */
  readonly uuids: Readonly<Partial<Record<Name, string>>>
  /** A started live. None if it was not requested, or without an FFmpeg that can play it. */
  readonly live: Option.Option<Live>
}

/** A live, as its host sees it. */
export interface Live {
  readonly stream: RtmpSource
  /** Waits until it is accepted. */
  readonly uuid: Effect.Effect<string>
}

export class Works extends Context.Tag("Works")<Works, Working>() {}

/** Adds cases to the tests of this server. */
export type Cases = Vitest.MethodsNonLive<Works | Ffmpeg, true>

const TOKEN = "the-operator's-own"
export const whisper: string = fileURLToPath(
  new URL("../../../packages/local-runner/test/support/whisper.mjs", import.meta.url)
)

const env = {
  LIVES_ALLOW_PRIVATE_ADDRESSES: "on",
  ADMIN_TOKEN: TOKEN,
  STORYBOARDS: "on",
  ...only144p,
  TRANSCODING_ALWAYS_TRANSCODE_ORIGINAL_RESOLUTION: "true",
  // One for the live.
  LOCAL_RUNNER_CONCURRENCY: "3",
  // A second attempt would hide a failure.
  TRANSCODING_RUNNER_MAX_FAILURE: "1",
  RUNNER_RETIRED_FOR: "1 second",
  // Upkeep pings runners while jobs wait. An interval below one second would let the pings delay each other.
  RUNNER_UPKEEP_INTERVAL: "1500 millis",
  LOCAL_RUNNER_TRANSCRIPTION: `"${process.execPath}" '${whisper}' {input} {outputDirectory} name`
}

const json = (body: object): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" }
})

/** Pictures are files of the corpus, too. */
const fieldsOf = (wish: Wish[1]) =>
  Effect.promise(async () => {
    const { previewFile, ...others } = wish
    return previewFile === undefined ? others : { ...others, previewFile: await openAsBlob(fixture(previewFile)) }
  })

const handIn =
  (client: Working["client"], sources: Sources) =>
  ([name, wish]: Wish) =>
    Effect.flatMap(fieldsOf(wish), (fields) =>
      Effect.map(client.upload(sources[name] ?? fixture(name), name, fields), ({ uuid }) => uuid)
    )

const Made = Schema.parseJson(Schema.Struct({ video: Schema.Struct({ uuid: Schema.UUID }) }))

/** The server probes the stream, which takes a while. The live is recorded and becomes a video. */
const aLive = (client: Working["client"]) =>
  Effect.gen(function* () {
    const stream = yield* Effect.acquireRelease(
      Effect.promise(() => startRtmpSource()),
      ({ stop }) => Effect.promise(stop)
    )
    const asked = { rtmpUrl: stream.url, replay: true, segmentDuration: 1, resolutions: [144] }
    const taken = yield* Effect.forkScoped(client.send("/lives", json(asked)))
    const uuid = Effect.map(Fiber.join(taken), ({ text }) => Schema.decodeUnknownSync(Made)(text).video.uuid)
    return { stream, uuid }
  })

/** Paths of files that replace those of the corpus. */
type Sources = Readonly<Record<string, string>>

/** Connects a runner that supports all jobs. Default: the bundled one. */
export type BringRunner = (
  server: ExampleServer.ExampleServer,
  admin: Working["client"]
) => Effect.Effect<void, unknown, Scope.Scope>

/** What a server of these tests has. All by default. */
export interface Contents {
  readonly bringRunner?: BringRunner
  readonly makeSources?: Effect.Effect<Sources, FfmpegFailed | FfmpegError, Ffmpeg | Scope.Scope>
  readonly names?: ReadonlyArray<Name>
  readonly hasLive?: boolean
}

/** A server with the given runner and the files uploaded. */
export const worksWith = ({
  bringRunner,
  hasLive = hasNative,
  makeSources = Effect.succeed({}),
  names = Record.keys(wishes)
}: Contents = {}): Layer.Layer<Works | Ffmpeg, FfmpegError> =>
  Layer.scoped(
    Works,
    Effect.gen(function* () {
      const dataDir = join(yield* temporaryFolder, "data")
      const bundled = bringRunner === undefined ? "on" : "off"
      const server = yield* ExampleServer.start({
        ...{ dataDir, port: yield* freePort },
        env: { ...env, LOCAL_RUNNER: bundled }
      })
      const client = api(server.url, TOKEN)
      if (bringRunner !== undefined) yield* Effect.orDie(bringRunner(server, client))
      const live = hasLive ? Option.some(yield* aLive(client)) : Option.none()
      const chosen = Record.filter<Name, Wish>(wishes, (_, name) => names.includes(name))
      const uuids = yield* Effect.all(Record.map(chosen, handIn(client, yield* Effect.orDie(makeSources))))
      return { server, client, uuids, live }
    })
  ).pipe(Layer.provideMerge(Engine))

const Whole = Schema.parseJson(
  Schema.Struct({
    ...Video.fields,
    title: Schema.NullOr(Schema.String),
    language: Schema.NullOr(Schema.String),
    captions: Schema.Array(Schema.Struct({ language: Schema.String, url: Schema.String }))
  })
)
export type Whole = typeof Whole.Type

/** The complete document of the video. */
export const show = (uuid: string): Effect.Effect<Whole, never, Works> =>
  Effect.flatMap(Works, ({ client }) =>
    Effect.map(client.send(`/videos/${uuid}`), ({ text }) => Schema.decodeUnknownSync(Whole)(text))
  )

/** Sends a document or a form and returns the answer. */
export const post = (path: string, body: object): Effect.Effect<unknown, never, Works> =>
  Effect.gen(function* () {
    const { client } = yield* Works
    const answer = yield* client.send(path, body instanceof FormData ? { method: "POST", body } : json(body))
    assert.include([200, 204], answer.status, answer.text)
    return answer.status === 204 ? undefined : JSON.parse(answer.text)
  })

/** The id of a submitted video. */
export const idOf = (name: Name): Effect.Effect<string, never, Works> =>
  Effect.flatMap(Works, ({ uuids }) => Effect.orDie(Effect.fromNullable(uuids[name])))

/** The video after all jobs were completed at their first attempt. */
export const finished = (name: Name): Effect.Effect<Whole, never, Works> =>
  Effect.gen(function* () {
    const { client } = yield* Works
    const uuid = yield* idOf(name)
    yield* client.settled(uuid)
    const video = yield* show(uuid)
    const shown = JSON.stringify(video, null, 1)
    deepStrictEqual([video.state.label, video.progress], ["Published", 100], shown)
    for (const { error, failures, state } of video.jobs) {
      deepStrictEqual([state.label, failures, error], ["Completed", 0, null], shown)
    }
    return video
  })

/** The outputs of the video's jobs in order: `vod-hls-transcoding 144`. */
export const workOf = ({ jobs }: Pick<Video, "jobs">): ReadonlyArray<string> =>
  jobs.map(({ resolution, type }) => (resolution === null ? type : `${type} ${resolution}`)).sort()

/** The names of the files in storage. */
export const stored: Effect.Effect<ReadonlyArray<string>, never, Works> = Effect.flatMap(Works, ({ server }) =>
  Effect.map(filesBelow(join(server.dataDir, "storage")), (files) => files.map(([name]) => name))
)

/** Waits until no such file is in storage. */
export const gone = (what: string, isIt: (name: string) => boolean): Effect.Effect<void, never, Works> =>
  Effect.asVoid(until(`${what} is gone`, stored, (names) => !names.some(isIt)))
