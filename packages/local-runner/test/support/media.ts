import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect } from "@effect/vitest"
import { Ffmpeg, type FfmpegError } from "@runner-connector/ffmpeg"
import { Effect, type Layer, type Scope } from "effect"
import { startRunner, temporaryFolder, testServer, until } from "./harness.ts"
import type { Job } from "./TestServer.ts"

export type Engine = Layer.Layer<Ffmpeg, FfmpegError>

interface Stream {
  readonly codec_type: string
  readonly codec_name: string
  readonly width: number
  readonly height: number
  readonly pix_fmt: string
  readonly avg_frame_rate: string
  readonly sample_aspect_ratio: string
  readonly channels: number
  readonly sample_rate: string
  readonly duration: string
  readonly start_time: string
}

interface Report {
  readonly format: { readonly duration: string; readonly tags?: Record<string, string> }
  readonly streams: ReadonlyArray<Stream>
  readonly chapters: ReadonlyArray<unknown>
}

/** A file of a job's result. */
export interface Made {
  readonly path: string
  readonly name: string | undefined
  readonly contentType: string | undefined
  readonly content: Buffer
  readonly report: Report
  readonly video: Stream | undefined
  readonly audio: Stream | undefined
  readonly duration: number
}

/** The part of a result that contains this file. */
export const partOf = (job: Job, field: string): Job["result"][number] => {
  const part = job.result.find(({ name }) => name === `payload[${field}]`)
  if (part === undefined) throw new Error(`the result has no ${field}`)
  return part
}

/** Probes a file of the result. */
export const inspect = (job: Job, field = "videoFile"): Effect.Effect<Made, unknown, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const { content, contentType, filename: name } = partOf(job, field)
    const path = join(yield* temporaryFolder, "result")
    yield* Effect.promise(() => writeFile(path, content))
    const ffmpeg = yield* Ffmpeg
    const flags = ["-show_streams", "-show_format", "-show_chapters"]
    const report = (yield* ffmpeg.ffprobe({ input: { path }, arguments: flags })) as Report
    return {
      ...{ path, name, contentType, content, report, duration: Number(report.format.duration) },
      video: report.streams.find(({ codec_type }) => codec_type === "video"),
      audio: report.streams.find(({ codec_type }) => codec_type === "audio")
    }
  })

/** A test job. Its payload can contain the addresses of its files. */
export interface Given extends Partial<Omit<Job, "payload">> {
  readonly output?: object
  readonly payloadOf?: (url: (file: string) => string) => unknown
}

/** Runs one job through a whole runner until it has ended. */
export const runJob = (engine: Engine, { payloadOf, ...given }: Given): Effect.Effect<Job, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const server = yield* testServer
    const job = server.addJob(given, payloadOf)
    const { workDirectory } = yield* startRunner(server, engine)
    yield* until("the job has ended", () => job.state === "Completed" || job.state === "Errored")
    expect(job.messages.join()).not.toContain(workDirectory)
    return job
  })

/** Runs one job until it has succeeded. */
export const completeJob = (engine: Engine, given: Given): Effect.Effect<Job, unknown, Scope.Scope> =>
  Effect.tap(runJob(engine, given), ({ messages }) => expect(messages).toEqual([]))

/** Creates a file in the folder with these ffmpeg arguments. The output name is appended. */
export const makeFile = (
  folder: string,
  name: string,
  ...args: ReadonlyArray<string>
): Effect.Effect<string, unknown, Ffmpeg> =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    yield* ffmpeg.ffmpeg({
      inputs: [],
      outputDirectory: folder,
      arguments: ({ output }) => [...args, output(name)]
    })
    return join(folder, name)
  })

/** Converts a file with these ffmpeg arguments. WebAssembly reads only declared inputs. */
export const convertFile = (
  path: string,
  folder: string,
  name: string,
  ...args: ReadonlyArray<string>
): Effect.Effect<string, unknown, Ffmpeg> =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    yield* ffmpeg.ffmpeg({
      inputs: [{ path }],
      outputDirectory: folder,
      arguments: ({ input, output }) => ["-i", input(0), ...args, output(name)]
    })
    return join(folder, name)
  })

/** The raw samples of a file in this format. */
const decoded = (path: string, ...args: ReadonlyArray<string>): Effect.Effect<Buffer, unknown, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const raw = yield* convertFile(path, yield* temporaryFolder, "raw", ...args)
    return yield* Effect.promise(() => readFile(raw))
  })

/** Frames of a file at a given rate, as functions from a position to red, green and blue. */
export const picturesOf = (
  { path, video }: Pick<Made, "path" | "video">,
  fps: number
): Effect.Effect<ReadonlyArray<(x: number, y: number) => ReadonlyArray<number>>, unknown, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    if (video === undefined) throw new Error("the file has no video")
    const { height, width } = video
    const raw = yield* decoded(path, "-vf", `fps=${fps}:round=up`, "-f", "rawvideo", "-pix_fmt", "rgb24")
    const size = width * height * 3
    return Array.from({ length: raw.length / size }, (_, n) => (x: number, y: number) => {
      const at = n * size + (y * width + x) * 3
      return [...raw.subarray(at, at + 3)]
    })
  })

const SAMPLE_RATE = 8000

/** The loudest sample of each interval of a file, 0..1. */
export const loudness = (
  path: string,
  parts: number
): Effect.Effect<ReadonlyArray<number>, unknown, Ffmpeg | Scope.Scope> =>
  Effect.gen(function* () {
    const raw = yield* decoded(path, "-vn", "-ac", "1", "-ar", `${SAMPLE_RATE}`, "-f", "s16le")
    const samples = new Int16Array(raw.buffer, raw.byteOffset, Math.floor(raw.length / 2))
    const size = SAMPLE_RATE / parts
    return Array.from({ length: Math.floor(samples.length / size) }, (_, n) =>
      samples.subarray(n * size, (n + 1) * size).reduce((most, sample) => Math.max(most, Math.abs(sample) / 32_768), 0)
    )
  })
