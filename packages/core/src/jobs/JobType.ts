import { Context, type DateTime, Effect, Layer, Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import type { JobId, VideoId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import type { Video } from "../domain/video/Video.ts"
import type { Hooks } from "../ports/ConnectorHooks.ts"
import type { FileStorageError } from "../ports/FileStorage.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import type { UploadError } from "./UploadedFile.ts"

/** The handler cannot make use of what the runner sent; the try has failed. */
export class CompletionError extends Schema.TaggedError<CompletionError>()("CompletionError", {
  message: Schema.String,
  /** What was behind it, for the log. */
  cause: Schema.optional(Schema.Defect)
}) {}

/** Any error of a completion as one that says the same, and carries it as its cause. */
export const orCompletionError = <A, R>(
  effect: Effect.Effect<A, { readonly message: string }, R>
): Effect.Effect<A, CompletionError, R> =>
  Effect.mapError(effect, (error) => new CompletionError({ message: error.message, cause: error }))

/** The live is over: a report about it changes nothing, and its runner is to stop. */
export class LiveOver extends Schema.TaggedError<LiveOver>()("LiveOver", {}) {
  override get message(): string {
    return "This live is over"
  }
}

/** What was reported cannot be made use of; the runner may report something else. */
export class UpdateRefused extends Schema.TaggedError<UpdateRefused>()("UpdateRefused", { message: Schema.String }) {}

/** Where runners fetch a job's input; the wire knows the addresses, the job type only which it needs. */
export interface JobUrls {
  readonly maxQuality: (job: JobId, video: VideoId) => string
  readonly maxQualityAudio: (job: JobId, video: VideoId) => string
  readonly thumbnail: (job: JobId, video: VideoId) => string
  readonly taskFile: (job: JobId, video: VideoId, name: string) => string
}

/**
 * A change of a video. Applied again to a newer video when somebody else was faster; one that gives the very same video
 * changes nothing, and nothing is announced of it.
 */
export interface VideoChange {
  readonly change: (video: Video, now: DateTime.Utc) => Video
  /** Tells the application, after it is stored. */
  readonly announce: (hooks: Hooks, video: Video) => Effect.Effect<void>
}

/** What a stored result changes in its video. */
export interface Publication extends VideoChange {
  readonly videoId: VideoId
  /** Where a master playlist is written that shows the change, one of the try's `files`; none: it shows nothing of it. */
  readonly playlistKey: Option.Option<FileKey>
  /** Whether the video may be published with it. */
  readonly canPublish: boolean
  /** Jobs that come into being with the change, made of the video as it is then. */
  readonly jobs: (video: Video, now: DateTime.Utc) => ReadonlyArray<RunnerJob>
}

/** One try of a job. */
export interface Attempt<Payload, Private> {
  readonly job: RunnerJob
  readonly payload: Payload
  readonly privatePayload: Private
  /** Names every file that this try stores. */
  readonly attemptId: string
}

/** What a job type does with the payloads of `update`. */
export interface Updates<Payload, Private, Update, R> {
  /** The `payload` of `update`: scalars as text, files as `UploadedFile`. */
  // biome-ignore lint/suspicious/noExplicitAny: its encoded side matters to nobody here
  readonly payload: Schema.Schema<Update, any>
  /** Makes the report visible, and says what it changes in the video. Several may come at once. */
  readonly apply: (
    attempt: Attempt<Payload, Private> & { readonly update: Update }
  ) => Effect.Effect<
    Option.Option<VideoChange>,
    UpdateRefused | LiveOver | FileStorageError | PersistenceError | UploadError,
    R
  >
}

/** All that the rest of the core needs to know about a kind of job. Adding one is adding a module and a line in `all.ts`. */
// biome-ignore lint/suspicious/noExplicitAny: the encoded sides of the schemas matter to nobody here
export interface JobType<Name extends string, Payload, Private, Result, R, PI = any, VI = any, RI = any> {
  /** The name on the wire. */
  readonly name: Name
  /** What is stored as the job's payload. */
  readonly payload: Schema.Schema<Payload, PI>
  readonly privatePayload: Schema.Schema<Private, VI>
  /** The `payload` of `success`: scalars as text, files as `UploadedFile`. */
  readonly result: Schema.Schema<Result, RI>
  /** Whether a job can go back to Pending; what cannot be aborted is never tried again. */
  readonly abortable: boolean
  /**
   * Whether a job that has ended badly can be taken up again; left out, where it can be aborted. False where the end of
   * a job takes away what it was to be made from.
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
  /** A text that others than the runner read, without the secrets of the payload. Left out where there are none. */
  readonly redactSecrets?: (text: string, content: { readonly payload: Payload }) => string
  /** Further files that a runner may download for the job, by the names under which it asks for them. */
  readonly taskFiles?: (content: {
    readonly payload: Payload
    readonly privatePayload: Private
  }) => ReadonlyArray<{ readonly name: string; readonly key: FileKey }>
  /** Left out by types whose `update` carries nothing but progress. */
  // biome-ignore lint/suspicious/noExplicitAny: what an update is matters to its own type only
  readonly updates?: Updates<Payload, Private, any, R>
  /** Checks and stores the result; publishes nothing itself. None: there is nothing to publish, so nothing is kept. */
  readonly complete: (
    attempt: Attempt<Payload, Private> & { readonly result: Result }
  ) => Effect.Effect<Option.Option<Publication>, CompletionError, R>
  /**
   * Every file that may be stored for this try. Their names are made from `attemptId`, so that no other try has them;
   * they are removed when the try is not published.
   */
  readonly files: (attempt: Attempt<Payload, Private>) => ReadonlyArray<FileKey>
  /**
   * What changes in the video when the job ends without a result: Errored, cancelled, or with its parent. Written
   * together with that end. Left out where the video does not care.
   */
  readonly lost?: (attempt: Attempt<Payload, Private>) => VideoChange
}

/** A job type with its types inferred from its schemas. */
export const make = <const Name extends string, Payload, Private, Result, R>(
  jobType: JobType<Name, Payload, Private, Result, R>
): JobType<Name, Payload, Private, Result, R> => jobType

/** A job type with its requirements met, as the use cases call it. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every job type
export type AnyJobType = JobType<string, any, any, any, never>

/** The job types that this connector offers. */
export class JobTypes extends Context.Tag("@runner-connector/core/JobTypes")<
  JobTypes,
  {
    readonly all: ReadonlyArray<AnyJobType>
    readonly find: (name: string) => Option.Option<AnyJobType>
  }
>() {}

/** A job type before its requirements are met. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every job type that needs R
type OpenJobType<R> = JobType<string, any, any, any, R>

type Needs<T> = T extends OpenJobType<infer R> ? R : never

const provided =
  <R>(context: Context.Context<R>) =>
  ({ complete, updates, ...type }: OpenJobType<R>): AnyJobType => ({
    ...type,
    complete: (attempt) => Effect.provide(complete(attempt), context),
    ...(updates === undefined
      ? {}
      : { updates: { ...updates, apply: (attempt) => Effect.provide(updates.apply(attempt), context) } })
  })

/** Offers these job types; the compiler derives from the list which ports are needed. */
// biome-ignore lint/suspicious/noExplicitAny: job types with any requirements; they are inferred
export const layer = <const Types extends ReadonlyArray<OpenJobType<any>>>(
  types: Types
): Layer.Layer<JobTypes, never, Needs<Types[number]>> =>
  Layer.effect(
    JobTypes,
    Effect.map(Effect.context<Needs<Types[number]>>(), (context) => {
      const all = types.map((type: OpenJobType<Needs<Types[number]>>) => provided(context)(type))
      const byName = new Map(all.map((type) => [type.name, type]))
      return { all, find: (name) => Option.fromNullable(byName.get(name)) }
    })
  )
