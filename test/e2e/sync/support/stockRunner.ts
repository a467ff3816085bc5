import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { request } from "../../support/Api.ts"
import { temporaryFolder } from "../../support/workspace.ts"
import { ffmpeg } from "./native.ts"

const R = "/api/v1/runners"

const Input = Schema.Struct({
  videoFileUrl: Schema.optional(Schema.String),
  separatedAudioFileUrl: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] }),
  audioFileUrl: Schema.optional(Schema.String),
  previewFileUrl: Schema.optional(Schema.String)
})
const Output = Schema.Struct({
  resolution: Schema.optionalWith(Schema.Int, { default: () => 0 }),
  fps: Schema.optionalWith(Schema.Int, { default: () => 0 }),
  separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false })
})
/** Supports only the cut task of edits. */
const Task = Schema.Struct({
  name: Schema.Literal("cut"),
  options: Schema.Struct({ start: Schema.Number, end: Schema.Number })
})
const Payload = Schema.Struct({
  input: Input,
  output: Output,
  tasks: Schema.optionalWith(Schema.Array(Task), { default: () => [] })
})
const Available = Schema.parseJson(Schema.Struct({ availableJobs: Schema.Array(Schema.Struct({ uuid: Schema.UUID })) }))
const Accepted = Schema.parseJson(
  Schema.Struct({
    job: Schema.Struct({ uuid: Schema.UUID, type: Schema.String, jobToken: Schema.String, payload: Payload })
  })
)
type Job = (typeof Accepted.Type)["job"]

/** Whether it encodes audio and video, or copies compatible tracks as newer versions do. */
export interface Codecs {
  readonly video: "libx264" | "copy"
  readonly audio: "aac" | "copy"
  /** The profile of encoded video. Results of different profiles have different headers. */
  readonly profile?: "main" | "high"
}

const videoCoding = (
  { profile = "high", video }: Codecs,
  { fps, resolution }: Job["payload"]["output"]
): ReadonlyArray<string> =>
  video === "copy"
    ? ["-c:v", "copy"]
    : [
        ...["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-vf", `scale=-2:${resolution}`],
        ...["-r", String(fps), "-g", String(2 * fps), "-profile:v", profile]
      ]

const tracks = (codecs: Codecs, { output }: Job["payload"], hasOwnAudio: boolean): ReadonlyArray<string> => [
  ...(output.resolution === 0 ? ["-vn"] : ["-map", "0:v:0", ...videoCoding(codecs, output)]),
  ...(output.separatedAudio && output.resolution > 0
    ? ["-an"]
    : ["-map", `${hasOwnAudio && output.resolution > 0 ? 1 : 0}:a:0`, "-c:a", codecs.audio]),
  ...["-movflags", "faststart", "-max_muxing_queue_size", "1024", "-map_metadata", "-1"]
]

const hls = (name: string): ReadonlyArray<string> => [
  ...["-hls_time", "4", "-hls_list_size", "0", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
  ...["-hls_segment_filename", `${name}-fragmented.mp4`, "-f", "hls", "-hls_flags", "single_file", `${name}.m3u8`]
]

/** Creates the result files in the folder, by payload name. */
const make = (codecs: Codecs, { payload, type }: Job, inputs: ReadonlyArray<string>, folder: string) =>
  Effect.gen(function* () {
    const name = `${crypto.randomUUID()}-${payload.output.resolution}`
    const sources = inputs.flatMap((input) => ["-i", input])
    if (type === "vod-audio-merge-transcoding") {
      const still = ["-loop", "1", "-r", String(payload.output.fps), "-i", String(inputs[1]), "-i", String(inputs[0])]
      const coding = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage", "-pix_fmt", "yuv420p"]
      const fitting = ["-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2", "-c:a", codecs.audio, "-shortest"]
      yield* ffmpeg([...still, ...coding, ...fitting, "-movflags", "faststart", `${name}.mp4`], folder)
      return { videoFile: `${name}.mp4` }
    }
    const [task] = payload.tasks
    if (task !== undefined) {
      const { end, start } = task.options
      const coding = ["-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", "-movflags", "faststart"]
      yield* ffmpeg(["-ss", String(start), "-to", String(end), ...sources, ...coding, `${name}.mp4`], folder)
      return { videoFile: `${name}.mp4` }
    }
    const arguments_ = [...sources, ...tracks(codecs, payload, inputs.length > 1)]
    if (type === "vod-hls-transcoding") {
      yield* ffmpeg([...arguments_, ...hls(name)], folder)
      return { videoFile: `${name}-fragmented.mp4`, resolutionPlaylistFile: `${name}.m3u8` }
    }
    yield* ffmpeg([...arguments_, `${name}.mp4`], folder)
    return { videoFile: `${name}.mp4` }
  })

/** A result that was made and can be delivered. */
export interface Prepared {
  readonly type: string
  readonly resolution: number
  readonly deliver: Effect.Effect<void>
}

/** Registers a runner that uses the command lines of real PeerTube runners. */
export const register = (
  url: string,
  registrationToken: string,
  codecs: Codecs = { video: "libx264", audio: "copy" }
) =>
  Effect.gen(function* () {
    const post = (path: string, body: object) =>
      request(path.startsWith("http") ? path : url + R + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body)
      })
    const registered = yield* post("/register", { name: crypto.randomUUID(), registrationToken })
    assert.strictEqual(registered.status, 200, registered.text)
    const { runnerToken } = JSON.parse(registered.text)

    const download = (address: string, jobToken: string, path: string) =>
      Effect.gen(function* () {
        const answer = yield* post(address, { runnerToken, jobToken })
        assert.strictEqual(answer.status, 200, answer.text)
        yield* Effect.promise(() => writeFile(path, answer.bytes))
        return path
      })

    const formOf = (job: Job, files: Readonly<Record<string, string>>, folder: string) =>
      Effect.gen(function* () {
        const body = new FormData()
        for (const [name, value] of Object.entries({ jobToken: job.jobToken, runnerToken })) body.append(name, value)
        for (const [name, file] of Object.entries(files)) {
          const bytes = yield* Effect.promise(() => readFile(join(folder, file)))
          body.append(`payload[${name}]`, new File([new Uint8Array(bytes)], file))
        }
        return body
      })

    /** Makes the result of a job. */
    const prepare = (uuid: string, over: Partial<Codecs>): Effect.Effect<Prepared> =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const answer = yield* post(`/jobs/${uuid}/accept`, { runnerToken })
        const { job } = Schema.decodeUnknownSync(Accepted)(answer.text)
        const { audioFileUrl, previewFileUrl, separatedAudioFileUrl, videoFileUrl } = job.payload.input
        const addresses = [videoFileUrl, ...separatedAudioFileUrl, audioFileUrl, previewFileUrl]
        const inputs = yield* Effect.forEach(
          addresses.filter((address) => address !== undefined),
          (address, index) => download(address, job.jobToken, join(folder, `input-${index}`))
        )
        const body = yield* formOf(job, yield* make({ ...codecs, ...over }, job, inputs, folder), folder)
        const deliver = Effect.map(request(`${url}${R}/jobs/${uuid}/success`, { method: "POST", body }), (answered) =>
          assert.strictEqual(answered.status, 204, answered.text)
        )
        return { type: job.type, resolution: job.payload.output.resolution, deliver }
      }).pipe(Effect.scoped)

    /** Prepares all available jobs one after another. The result of one may be delivered before the next one is requested. */
    const prepareAll = (over: (number: number) => Partial<Codecs>, then: (made: Prepared) => Effect.Effect<void>) =>
      Effect.gen(function* () {
        const done: Array<Prepared> = []
        for (;;) {
          const { availableJobs } = Schema.decodeUnknownSync(Available)(
            (yield* post("/jobs/request", { runnerToken })).text
          )
          const [job] = availableJobs
          if (job === undefined) return done
          const made = yield* prepare(job.uuid, over(done.length))
          yield* then(made)
          done.push(made)
        }
      })

    return {
      /** Does all available jobs one after another and returns their types. */
      workOff: (over: Partial<Codecs> = {}) =>
        Effect.map(
          prepareAll(
            () => over,
            ({ deliver }) => deliver
          ),
          (done) => done.map(({ type }) => type)
        ),
      /** Takes all available jobs in their order, and holds their results back. */
      holdAll: (over: (number: number) => Partial<Codecs> = () => ({})) => prepareAll(over, () => Effect.void)
    }
  })
