import type { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import type { Ffmpeg, FfmpegError, FfmpegFailed } from "@runner-connector/ffmpeg"
import { type Duration, type Effect, Schema } from "effect"
import type { WireError } from "../wire/Answers.ts"
import type { FilePart, TextPart } from "../wire/FormBody.ts"
import type { CustomUpload } from "../wire/Transfers.ts"

/** The job cannot be done as it was asked for. The message is for whoever reads the job's error on the server. */
export class JobFailed extends Schema.TaggedError<JobFailed>()("JobFailed", { message: Schema.String }) {}

/** What a job type sees of the job it is to do. */
export interface JobContext {
  /** The payload from the server; its shape belongs to the job type. */
  readonly payload: unknown
  /** A folder of this job alone, removed when the job has ended. */
  readonly directory: string
  /** Fetches an input file of the job into the folder, under this name; gives its path. */
  readonly download: (
    url: string,
    name: string
  ) => Effect.Effect<string, WireError | PlatformError, FileSystem.FileSystem>
  /** How long ffmpeg may report nothing before it counts as hung. */
  readonly stallTimeout: Duration.Duration
  /** Sets the share of the work that is done, 0..1; the next heartbeat reports it. */
  readonly progress: (share: number) => Effect.Effect<void>
  /** Hands in a piece of the result while the work goes on: once, without any patience. A sign of life, too. */
  readonly update: (update: JobUpdate) => Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem>
}

/** A piece of a result: scalars of the payload, and short files under the name of their payload member. */
export interface JobUpdate {
  readonly fields: Readonly<Record<string, string>>
  readonly files: ReadonlyArray<FilePart | TextPart>
}

/** A file that a job has made, under the name of its payload member. */
export interface ResultFile extends FilePart {
  /** Where the server wants this file instead of in the form of `success`. */
  readonly customUpload?: CustomUpload | undefined
}

/** What a job has made. */
export interface JobResult {
  readonly fields: Readonly<Record<string, string>>
  readonly files: ReadonlyArray<ResultFile>
}

export type JobError = JobFailed | WireError | PlatformError | FfmpegFailed | FfmpegError

/** What job types may use. */
export type JobEnvironment = Ffmpeg | FileSystem.FileSystem | Path.Path

/** A kind of job that this runner can do. Failing is reported to the server; interruption must stop all work at once. */
export interface JobType {
  /** The name on the wire, such as `vod-hls-transcoding`. */
  readonly name: string
  /** The engines that are able to do it; all of them unless said otherwise. With another one it is not asked for. */
  readonly engines?: ReadonlyArray<Ffmpeg["Type"]["engine"]> | undefined
  /** Its updates are its signs of life: no heartbeat is sent beside them. */
  readonly updatesItself?: boolean | undefined
  readonly run: (context: JobContext) => Effect.Effect<JobResult, JobError, JobEnvironment>
}
