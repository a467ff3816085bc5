import type { Job } from "../model.ts"

/** A job of a type of the application, with its payload. */
export interface JobWithPayload<Payload> {
  readonly job: Job
  readonly payload: Payload
}

/** One attempt of a runner at a job. */
export interface JobAttempt<Payload> extends JobWithPayload<Payload> {
  /** Unique for each attempt. Use it in the names of the files that `files` returns. */
  readonly attemptId: string
}

/** A file that a runner has handed in. */
export interface ResultFile {
  /** The name that the runner sent. Undefined when it sent none. */
  readonly fileName: string | undefined
  readonly contentType: string
  /** Bytes. */
  readonly size: number
  /** The content of a text file. Reads all of it into memory. */
  readonly text: () => Promise<string>
  readonly stream: () => ReadableStream<Uint8Array>
}

/** An attempt with its result. */
export interface CompletedAttempt<Payload> extends JobAttempt<Payload> {
  readonly texts: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, ResultFile>>
}

/** Where runners download the files of the job's video. Undefined for jobs without a video. */
export interface JobInputUrls {
  /** The best video file. */
  readonly video: string | undefined
  /** The best file with audio. */
  readonly audio: string | undefined
  readonly thumbnail: string | undefined
}

/** What `complete` changes. */
export interface JobOutcome {
  /** Merged into the metadata of the job's video, in the transaction that completes the job. At most 8 KiB. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A kind of job of the application. Only runners that request it by its name get its jobs. */
export interface JobType<Payload> {
  /** The name on the wire. Choose a prefix of your own, such as `app-waveform`. */
  readonly name: string
  /** Reads a payload of plain JSON, such as `z.object({ … }).parse`. Throws when the payload is invalid. */
  readonly payload: (value: unknown) => Payload
  /** The fields of the result. All of them are required. */
  readonly result?:
    | { readonly texts?: ReadonlyArray<string> | undefined; readonly files?: ReadonlyArray<string> | undefined }
    | undefined
  /** The payload as runners read it, of plain JSON. Default: the payload itself. */
  readonly present?: ((job: JobWithPayload<Payload>, urls: JobInputUrls) => unknown) | undefined
  /**
   * The paths in the storage under which files of the result are kept, by their fields. They belong to the application
   * from then on. Each path must contain the `attemptId`. Default: no file is kept.
   */
  readonly files?: ((attempt: JobAttempt<Payload>) => Readonly<Record<string, string>>) | undefined
  /**
   * Checks the result, before its files are stored. When it rejects, the attempt fails and the job is tried again; with
   * `ResultRefused` the result itself is wrong. May be called again for the same attempt after a crash.
   */
  readonly complete?:
    | ((attempt: CompletedAttempt<Payload>) => JobOutcome | undefined | Promise<JobOutcome | undefined>)
    | undefined
  /** Whether a runner can give a job back, and whether a failed job is tried again. Default: `true`. */
  readonly abortable?: boolean | undefined
}

/** A job type with any payload. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every job type
export type AnyJobType = JobType<any>

/** The request of `jobs.create`. */
export interface CreateJob<Payload> {
  readonly payload: Payload
  /** The video to which the job belongs. Runners may download its files for the job. */
  readonly videoId?: string | undefined
  /** The job that must be completed before, of the same video if there is one. When it fails, this job ends, too. */
  readonly dependsOn?: string | undefined
  /** Lower values run first. Default: 1000, after renditions and captions. */
  readonly priority?: number | undefined
  /** The video does not end before this job has ended. Needs a video. Default: `false`. */
  readonly awaited?: boolean | undefined
}
