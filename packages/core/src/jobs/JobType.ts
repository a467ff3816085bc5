import { Context, type DateTime, Effect, Layer, Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import type { JobId, VideoId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import type { MediaReport } from "../domain/video/MediaReport.ts"
import type { Video } from "../domain/video/Video.ts"
import type { FileStorageError } from "../ports/FileStorage.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import { CompletionError, orCompletionError } from "./CompletionError.ts"
import type { UploadError } from "./UploadedFile.ts"

export { CompletionError, orCompletionError }

/** The live has ended: a report changes nothing, and its runner should stop. */
export class LiveOver extends Schema.TaggedError<LiveOver>()("LiveOver", {}) {
  override get message(): string {
    return "This live is over"
  }
}

/** The report is invalid. The runner may send another one. */
export class UpdateRefused extends Schema.TaggedError<UpdateRefused>()("UpdateRefused", { message: Schema.String }) {}

/** The URLs of a job's inputs. The wire defines the URLs, the job type selects them. */
export interface JobUrls {
  readonly maxQuality: (job: JobId, video: VideoId) => string
  readonly maxQualityAudio: (job: JobId, video: VideoId) => string
  readonly thumbnail: (job: JobId, video: VideoId) => string
  readonly taskFile: (job: JobId, video: VideoId, name: string) => string
}

/**
 * A change of a video. After a conflict it is applied again to the newer video. A change that returns the same video
 * changes nothing.
 */
export interface VideoChange {
  readonly change: (video: Video, now: DateTime.Utc) => Video
}

/** The change of a video by a stored result. */
export interface Publication extends VideoChange {
  readonly videoId: VideoId
  /**
   * The key of a new master playlist that shows the change, one of the attempt's `files`. None: the playlist does not
   * change.
   */
  readonly playlistKey: Option.Option<FileKey>
  /** Whether the change may publish the video. */
  readonly canPublish: boolean
  /** New jobs that follow from the change, made for the changed video. */
  readonly jobs: (video: Video, now: DateTime.Utc) => ReadonlyArray<RunnerJob>
  /** The probe results of the stored files, kept with the change. None by default. */
  readonly reports?: ReadonlyArray<MediaReport>
}

/** The result changes no video. The files of the attempt stay, and belong to the host from now on. */
export interface KeptFiles {
  readonly keepsFiles: true
}

/** The outcome of a type whose result is files of the host. */
export const keptFiles: KeptFiles = { keepsFiles: true }

/** One attempt at a job with its decoded payloads. */
export interface Attempt<Payload, Private> {
  readonly job: RunnerJob
  readonly payload: Payload
  readonly privatePayload: Private
  /** Names every file that this attempt stores. */
  readonly attemptId: string
}

/** How a job type handles the payloads of `update`. */
export interface Updates<Payload, Private, Update, R> {
  /** The `payload` of `update`: scalars as text, files as `UploadedFile`. */
  // biome-ignore lint/suspicious/noExplicitAny: the encoded side is irrelevant here
  readonly payload: Schema.Schema<Update, any>
  /** Stores the report and returns the change of the video. Several reports may arrive at once. */
  readonly apply: (
    attempt: Attempt<Payload, Private> & { readonly update: Update }
  ) => Effect.Effect<
    Option.Option<VideoChange>,
    UpdateRefused | LiveOver | FileStorageError | PersistenceError | UploadError,
    R
  >
}

/**
 * A kind of job. Hosts pass their own ones to `RunnerConnector.layerWith`. To build one in, add a module and a line in
 * `all.ts`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the encoded sides of the schemas are irrelevant here
export interface JobType<Name extends string, Payload, Private, Result, R, PI = any, VI = any, RI = any> {
  /** The name on the wire. */
  readonly name: Name
  /** The schema of the stored payload. It decodes and encodes at once: nothing in it may wait. */
  readonly payload: Schema.Schema<Payload, PI>
  /** The same for what only the server reads. */
  readonly privatePayload: Schema.Schema<Private, VI>
  /** The `payload` of `success`: scalars as text, files as `UploadedFile`. */
  readonly result: Schema.Schema<Result, RI>
  /** Whether a job can go back to Pending. Jobs that cannot be aborted are never retried. */
  readonly abortable: boolean
  /**
   * Whether an ended job can be retried. The default is `abortable`. False where the end of a job deletes its input.
   */
  readonly retryable?: boolean
  /** Which limit of silence applies. */
  readonly silence: "vod" | "live"
  /** The payload as runners read it. */
  readonly present: (
    job: RunnerJob,
    content: { readonly payload: Payload; readonly privatePayload: Private },
    urls: JobUrls
  ) => unknown
  /** Removes the secrets of the payload from a text that others than the runner read. Absent when there are none. */
  readonly redactSecrets?: (text: string, content: { readonly payload: Payload }) => string
  /** Further files that a runner may download for the job, with their names on the wire. */
  readonly taskFiles?: (content: {
    readonly payload: Payload
    readonly privatePayload: Private
  }) => ReadonlyArray<{ readonly name: string; readonly key: FileKey }>
  /** Absent for types whose `update` carries only progress. */
  // biome-ignore lint/suspicious/noExplicitAny: the type of an update belongs to its job type
  readonly updates?: Updates<Payload, Private, any, R>
  /**
   * Checks and stores the result without publishing it. None: there is nothing to publish, and nothing is kept. May be
   * called again for the same attempt after a crash.
   */
  readonly complete: (
    attempt: Attempt<Payload, Private> & { readonly result: Result }
  ) => Effect.Effect<Option.Option<Publication | KeptFiles>, CompletionError, R>
  /**
   * Every file that this attempt may store. `attemptId` makes the names unique. They are removed when the attempt is
   * neither published nor kept.
   */
  readonly files: (attempt: Attempt<Payload, Private>) => ReadonlyArray<FileKey>
  /**
   * The change of the video when the job ends without a result: Errored, cancelled, or with its parent. Written
   * together with that end. Absent or undefined when the video does not change.
   */
  readonly lost?: (attempt: Attempt<Payload, Private>) => VideoChange | undefined
}

/** Infers the types of a job type from its schemas. */
export const make = <const Name extends string, Payload, Private, Result, R>(
  jobType: JobType<Name, Payload, Private, Result, R>
): JobType<Name, Payload, Private, Result, R> => jobType

/** A job type with its requirements met, as the use cases call it. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every job type
export type AnyJobType = JobType<string, any, any, any, never>

/** The job types of this connector. */
export class JobTypes extends Context.Tag("@runner-connector/core/JobTypes")<
  JobTypes,
  {
    readonly all: ReadonlyArray<AnyJobType>
    readonly find: (name: string) => Option.Option<AnyJobType>
  }
>() {}

/** A job type before its requirements are met. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every job type that needs R
export type OpenJobType<R> = JobType<string, any, any, any, R>

/** The requirements of a job type. */
export type Needs<T> = T extends OpenJobType<infer R> ? R : never

const provided =
  <R>(context: Context.Context<R>) =>
  ({ complete, updates, ...type }: OpenJobType<R>): AnyJobType => ({
    ...type,
    complete: (attempt) => Effect.provide(complete(attempt), context),
    ...(updates === undefined
      ? {}
      : { updates: { ...updates, apply: (attempt) => Effect.provide(updates.apply(attempt), context) } })
  })

/**
 * Offers these job types. Of several with the same name the last one counts. The compiler derives the required ports from
 * the list.
 */
// biome-ignore lint/suspicious/noExplicitAny: job types with any requirements; they are inferred
export const layer = <const Types extends ReadonlyArray<OpenJobType<any>>>(
  types: Types
): Layer.Layer<JobTypes, never, Needs<Types[number]>> =>
  Layer.effect(
    JobTypes,
    Effect.map(Effect.context<Needs<Types[number]>>(), (context) => {
      const open: ReadonlyArray<OpenJobType<Needs<Types[number]>>> = types
      const byName = new Map(open.map((type) => [type.name, provided(context)(type)]))
      return { all: Array.from(byName.values()), find: (name) => Option.fromNullable(byName.get(name)) }
    })
  )
