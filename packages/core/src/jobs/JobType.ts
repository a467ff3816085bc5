import { Context, type DateTime, Effect, Layer, Option, Schema } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import type { JobId, VideoId } from "../domain/Ids.ts"
import type { RunnerJob } from "../domain/RunnerJob.ts"
import type { Video, VideoFile } from "../domain/Video.ts"

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

/** Where runners fetch a job's input; the wire knows the addresses, the job type only which it needs. */
export interface JobUrls {
  readonly maxQuality: (job: JobId, video: VideoId) => string
  readonly maxQualityAudio: (job: JobId, video: VideoId) => string
  readonly preview: (job: JobId, video: VideoId) => string
}

/** What a stored result changes in its video. Applied again to a newer video when somebody else was faster. */
export interface Publication {
  readonly videoId: VideoId
  readonly change: (video: Video, now: DateTime.Utc) => Video
  /** Where the master playlist is written that shows the change; one of the try's `files`. */
  readonly playlistKey: FileKey
  /** The rendition that the change adds. */
  readonly added: Option.Option<VideoFile>
}

/** One try of a job whose result has come in. */
export interface Attempt<Payload, Private> {
  readonly job: RunnerJob
  readonly payload: Payload
  readonly privatePayload: Private
  /** Names every file that this try stores. */
  readonly resultId: string
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
  /** Which limit of silence applies. */
  readonly silence: "vod" | "live"
  /** The payload as runners read it. */
  readonly present: (
    job: RunnerJob,
    content: { readonly payload: Payload; readonly privatePayload: Private },
    urls: JobUrls
  ) => unknown
  /** Checks and stores the result; publishes nothing itself. None: there is nothing to publish, so nothing is kept. */
  readonly complete: (
    attempt: Attempt<Payload, Private> & { readonly result: Result }
  ) => Effect.Effect<Option.Option<Publication>, CompletionError, R>
  /**
   * Every file that may be stored for this try. Their names are made from `resultId`, so that no other try has them;
   * they are removed when the try is not published.
   */
  readonly files: (attempt: Attempt<Payload, Private>) => ReadonlyArray<FileKey>
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
  (type: OpenJobType<R>): AnyJobType => ({
    ...type,
    complete: (attempt) => Effect.provide(type.complete(attempt), context)
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
