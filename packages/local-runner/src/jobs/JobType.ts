import type { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import type { Ffmpeg, FfmpegError, FfmpegFailed } from "@runner-connector/ffmpeg"
import { type Duration, type Effect, Schema } from "effect"
import type { WireError } from "../wire/Answers.ts"
import type { FilePart, TextPart } from "../wire/FormBody.ts"
import type { CustomUpload } from "../wire/Transfers.ts"
import type { VideoEncoder } from "./encoder/VideoEncoder.ts"

/** The job cannot be done as requested. The message is shown as the job's error on the server. */
export class JobFailed extends Schema.TaggedError<JobFailed>()("JobFailed", { message: Schema.String }) {}

/** An input file in the folder of the job. It must not be changed, because other jobs may use the same file. */
export interface Download {
  readonly path: string
  /** The same object whenever a job of this runner gets the same file, so that facts about the file can be kept with it. */
  readonly content: object
}

/** The context in which a job type runs a job. */
export interface JobContext {
  /** The payload from the server. The job type defines its shape. */
  readonly payload: unknown
  /** The folder of this job. It is removed at the end of the job. */
  readonly directory: string
  /**
   * Brings an input file of the job into the folder under this name. Downloads it unless an earlier job of the same video has
   * left it and the server confirms that it is current.
   */
  readonly download: (
    url: string,
    name: string
  ) => Effect.Effect<Download, WireError | PlatformError, FileSystem.FileSystem>
  /** The encoder for H.264. */
  readonly encoder: VideoEncoder
  /** Maximum time without a report from ffmpeg before it counts as hung. */
  readonly stallTimeout: Duration.Duration
  /** Sets the finished share of the work, 0..1, for the next heartbeat. */
  readonly progress: (share: number) => Effect.Effect<void>
  /**
   * Sends a part of the result while the work continues, in a single attempt without retries. Also counts as a
   * heartbeat.
   */
  readonly update: (update: JobUpdate) => Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem>
}

/** A part of a result: scalars of the payload, and short files under the name of their payload member. */
export interface JobUpdate {
  readonly fields: Readonly<Record<string, string>>
  readonly files: ReadonlyArray<FilePart | TextPart>
}

/** A file of the result, under the name of its payload member. */
export interface ResultFile extends FilePart {
  /** The upload address for this file. If set, the file is not part of the `success` form. */
  readonly customUpload?: CustomUpload | undefined
}

/** The result of a job. */
export interface JobResult {
  readonly fields: Readonly<Record<string, string>>
  readonly files: ReadonlyArray<ResultFile>
}

export type JobError = JobFailed | WireError | PlatformError | FfmpegFailed | FfmpegError

/** The services available to job types. */
export type JobEnvironment = Ffmpeg | FileSystem.FileSystem | Path.Path

/**
 * A type of job that this runner can do. Failures are reported to the server. Interruption must stop all work
 * immediately.
 */
export interface JobType {
  /** The name in the protocol, such as `vod-hls-transcoding`. */
  readonly name: string
  /** The engines that support this type. All engines by default. With other engines, the type is not requested. */
  readonly engines?: ReadonlyArray<Ffmpeg["Type"]["engine"]> | undefined
  /** The updates of this type replace the heartbeat, which is not sent. */
  readonly updatesItself?: boolean | undefined
  readonly run: (context: JobContext) => Effect.Effect<JobResult, JobError, JobEnvironment>
}
