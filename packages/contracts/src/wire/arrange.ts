import { assert } from "@effect/vitest"
import {
  FileKey,
  FileStorage,
  Ids,
  JobAdmin,
  JobStore,
  type RunnerJob,
  Runners,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { Effect, Option, Redacted, Schema, Stream } from "effect"
import { aJob, aJobId, aNewVideo, aVideoId } from "../fixtures.ts"
import { documentOf, type Part, postForm, postJson, R } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import { media } from "./media.ts"

const Registered = Schema.Struct({ id: Schema.Int, runnerToken: Schema.String })
const Accepted = Schema.Struct({
  job: Schema.Struct({
    uuid: Schema.String,
    jobToken: Schema.String,
    payload: Schema.Struct({ output: Schema.Record({ key: Schema.String, value: Schema.Unknown }) })
  })
})

/** A registration token known to the server. */
export const aRegistrationToken = Effect.gen(function* () {
  const runners = yield* Runners.Runners
  const { registrationToken } = yield* runners.createRegistrationToken()
  const secret = Redacted.value(registrationToken)
  yield* keepSecret(secret)
  return secret
}).pipe(Effect.orDie)

/** A runner that is registered over the wire. */
export const aRunner = Effect.gen(function* () {
  const registrationToken = yield* aRegistrationToken
  const name = `runner ${crypto.randomUUID()}`
  const answer = yield* postJson(`${R}/register`, { name, registrationToken })
  const runner = documentOf(answer, Registered)
  yield* keepSecret(runner.runnerToken)
  return { ...runner, name }
})

/** A job for the 240p rendition of a video of four seconds, with its source in the storage. */
export const aWaitingJob = (overrides: Partial<RunnerJob.RunnerJob> = {}, about: Partial<Video.NewVideo> = {}) =>
  Effect.gen(function* () {
    const storage = yield* FileStorage.FileStorage
    const videoId = aVideoId()
    const destination = FileKey.FileKey.make(`videos/${videoId}`)
    const source = media({ height: 720 })
    const sourceKey = FileKey.FileKey.make(`uploads/${videoId}.mp4`)
    const video = aNewVideo({ id: videoId, destination, sourceKey: Option.some(sourceKey), ...about })
    yield* storage.write(sourceKey, Stream.make(source))
    const job = aJob({
      id: aJobId(),
      videoId: Option.some(videoId),
      payload: { output: { resolution: 240, fps: 25, separatedAudio: false } },
      ...overrides,
      privatePayload: { videoId, place: { destination, baseName: null }, ...Object(overrides.privatePayload) }
    })
    const videos = yield* VideoStore.VideoStore
    const stored = yield* videos.insert({ ...video, source: { ...video.source, duration: Option.some(4) } }, [job])
    return { id: job.id, videoId, video: stored, source, path: `${R}/jobs/${job.id}` }
  }).pipe(Effect.orDie)

const Target = Schema.Struct({ url: Schema.String, method: Schema.Literal("PUT") })

/** The upload URLs of the result files, by name. */
export const uploadsIn = (output: Readonly<Record<string, unknown>>) =>
  Effect.gen(function* () {
    const uploads: Record<string, string> = {}
    for (const [name, target] of Object.entries(output)) {
      if (!name.endsWith("CustomUpload")) continue
      const { url } = Schema.decodeUnknownSync(Target, { onExcessProperty: "error" })(target)
      yield* keepSecret(url.split("/").at(-2) ?? url)
      uploads[name.replace("CustomUpload", "")] = url
    }
    return uploads
  })

const Output = Schema.Record({ key: Schema.String, value: Schema.Unknown })

/** The payload without the upload URLs. Each URL is registered as a secret. */
export const withoutUploads = (payload: Readonly<Record<string, unknown>>) =>
  Effect.gen(function* () {
    const output = Schema.decodeUnknownSync(Output)(payload.output)
    const uploads = yield* uploadsIn(output)
    const left = Object.entries(output).filter(([name]) => !(name.replace("CustomUpload", "") in uploads))
    const bare: Readonly<Record<string, unknown>> = { ...payload, output: Object.fromEntries(left) }
    return bare
  })

/** Accepts the job, or another one when it is taken. Returns its id, the tokens, and the upload URLs of its result. */
export const take = (id: string, runnerToken: string) =>
  Effect.gen(function* () {
    const answer = yield* postJson(`${R}/jobs/${id}/accept`, { runnerToken })
    assert.strictEqual(answer.status, 200, answer.text)
    const { job } = Schema.decodeUnknownSync(Accepted)(JSON.parse(answer.text))
    yield* keepSecret(job.jobToken)
    const tokens = { runnerToken, jobToken: job.jobToken }
    return { uuid: job.uuid, tokens, uploads: yield* uploadsIn(job.payload.output) }
  })

/** The same without the upload URLs. */
export const accept = (id: string, runnerToken: string) => Effect.map(take(id, runnerToken), ({ tokens }) => tokens)

/** A leased job with the tokens of its lease. */
export const aHeldJob = (overrides: Partial<RunnerJob.RunnerJob> = {}, about: Partial<Video.NewVideo> = {}) =>
  Effect.gen(function* () {
    const runner = yield* aRunner
    const job = yield* aWaitingJob(overrides, about)
    const taken = yield* take(job.id, runner.runnerToken)
    return { ...job, ...taken, runner }
  })

/** The stored state of the job. */
export const stored = (id: string) =>
  Effect.gen(function* () {
    const store = yield* JobStore.JobStore
    const [job] = yield* store.family(Ids.JobId.make(id))
    assert.isDefined(job)
    return job
  }).pipe(Effect.orDie)

export const stateOf = (id: string) => Effect.map(stored(id), (job) => job.state)

/** Empties the list of available jobs, which may contain jobs of other cases. */
export const noOtherJobs = Effect.gen(function* () {
  const admin = yield* JobAdmin.JobAdmin
  const pending = yield* admin.list({ start: 0, count: 100, states: ["Pending"] })
  yield* Effect.forEach(pending.data, (job) => admin.cancel(job.id))
}).pipe(Effect.orDie)

/** The tokens as form fields, in the order in which runners send them. */
export const tokenParts = (tokens: {
  readonly runnerToken: string
  readonly jobToken: string
}): ReadonlyArray<Part> => [
  ["jobToken", tokens.jobToken],
  ["runnerToken", tokens.runnerToken]
]

/** Submits a valid result. */
export const succeed = (job: {
  readonly path: string
  readonly tokens: { readonly runnerToken: string; readonly jobToken: string }
}) => postForm(`${job.path}/success`, [...tokenParts(job.tokens), ...resultParts()])

export const resultParts = (): ReadonlyArray<Part> => {
  const bytes = media({ height: 240, size: 164_791 })
  const name = `${crypto.randomUUID()}-240-fragmented.mp4`
  return [
    ["payload[videoFile]", bytes, name, "video/mp4"],
    ["payload[resolutionPlaylistFile]", playlist(name), name.replace("-fragmented.mp4", ".m3u8"), playlistType]
  ]
}

const playlistType = "application/vnd.apple.mpegurl"

/**
 * A playlist as a real runner writes it, by default for a media file of 164791 bytes: a head, and segments with their
 * seconds and bytes.
 */
export const playlist = (
  name: string,
  head = 1357,
  segments: ReadonlyArray<readonly [seconds: string, bytes: number]> = [["4.000000", 163_434]]
): string => {
  let at = head
  const lines = segments.map(([seconds, bytes]) => {
    at += bytes
    return `#EXTINF:${seconds},\n#EXT-X-BYTERANGE:${bytes}@${at - bytes}\n${name}\n`
  })
  return `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="${name}",BYTERANGE="${head}@0"
${lines.join("")}#EXT-X-ENDLIST
`
}
