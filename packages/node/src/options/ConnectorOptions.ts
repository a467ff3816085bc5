import type { AnyJobType } from "../api/JobTypes.ts"
import type { Hooks, PlanOptions, TranscodingOptions } from "../model.ts"
import type { ApiOptions, IsAdministrator, UploadOptions } from "./ApiOptions.ts"
import type { Logger, LogLevel } from "./LogEntry.ts"
import type { PlaybackOptions } from "./PlaybackOptions.ts"

/** How players get the files of a bucket, with the option `playback`. */
export type S3Delivery =
  /** From the application, which reads the bucket. */
  | { readonly mode: "proxied" }
  /**
   * Playlists from the application, media from the bucket by signed URLs. `lifetime` is in milliseconds or a text, at most
   * `7 days`. Default: `6 hours`.
   */
  | { readonly mode: "signed"; readonly lifetime?: number | string | undefined }
  /** From the bucket or a CDN in front of it, by `url` and the key of the file. Needs the access `"open"`. */
  | { readonly mode: "public"; readonly url: string | URL }

/** A bucket of an S3-compatible service. */
export interface S3Options {
  readonly bucket: string
  /** Default: that of the SDK, or `us-east-1` with an `endpoint`. */
  readonly region?: string | undefined
  /** The address of a service other than Amazon's. */
  readonly endpoint?: string | URL | undefined
  /** The folder in the bucket that holds everything. Default: the whole bucket. */
  readonly prefix?: string | undefined
  /** Name the bucket in the path instead of the host name. Default: only with an `endpoint`. */
  readonly forcePathStyle?: boolean | undefined
  /** Default: where the SDK finds them: the environment, the shared files, the role of the machine. */
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string | undefined
  }
  /** Default: `proxied`. */
  readonly delivery?: S3Delivery | undefined
}

/** Where files are stored: in a folder, or in a bucket. The bucket needs the package `@runner-connector/storage-s3`. */
export type StorageOptions =
  | {
      readonly folder: string
      /** Other users of the machine, such as a web server, may read the files. Default: `false`. */
      readonly readableByOthers?: boolean | undefined
    }
  | { readonly s3: S3Options }

/** A runner in this process. */
export interface LocalRunnerOptions {
  /** The number of jobs at once. Default: 2, or 1 with ffmpeg.wasm. */
  readonly concurrency?: number | undefined
}

/** The options of `createConnector`. */
export interface ConnectorOptions {
  /** The origin under which runners reach the application, such as `https://media.example`. */
  readonly publicUrl: string | URL
  /** The folder of the embedded database and of what else the connector keeps. Default: `.data`. */
  readonly dataDir?: string | undefined
  /**
   * The address of a PostgreSQL, such as `postgres://user:password@host:5432/database`. Without it an embedded PostgreSQL
   * runs in `dataDir`, which then belongs to this process.
   */
  readonly database?: string | undefined
  /** Default: the folder `storage` in `dataDir`. */
  readonly storage?: StorageOptions | undefined
  /** The renditions of a video, unless a call selects others. */
  readonly transcoding?: TranscodingOptions | undefined
  /** The files that are made of a video, unless a call selects others. */
  readonly plan?: PlanOptions | undefined
  /** Called for events. A function that throws or rejects is called again after growing pauses, for about a day. */
  readonly on?: Hooks | undefined
  /** Kinds of jobs of the application, for runners of its own, beside the built-in ones. `jobs.create` makes their jobs. */
  readonly jobTypes?: ReadonlyArray<AnyJobType> | undefined
  /** Run jobs in this process as well, so that no other runner is needed. Default: `false`. */
  readonly localRunner?: boolean | LocalRunnerOptions | undefined
  /** Default `auto`: the programs `ffmpeg` and `ffprobe` when they are on PATH, otherwise ffmpeg.wasm. */
  readonly ffmpeg?: "auto" | "native" | "wasm" | undefined
  /** Serves the HTTP API of the console. Default: it is not served. */
  readonly api?: ApiOptions | undefined
  /** Receives uploads that can be resumed, below the path of `api`. Default: only complete ones are received. */
  readonly uploads?: UploadOptions | undefined
  /**
   * Opens the administrator's HTTP API to requests with this bearer token, and the console to people who sign in with it.
   * Default: it is closed.
   */
  readonly adminToken?: string | undefined
  /** Opens them to requests of the application's own administrators as well. Default: nobody has an account. */
  readonly isAdministrator?: IsAdministrator | undefined
  /** Serves the files of videos to players. Default: they are not served. */
  readonly playback?: PlaybackOptions | undefined
  /** A Redis that connects several processes of the application. Default: they are connected by PostgreSQL. */
  readonly redis?: string | undefined
  readonly webhooks?: {
    /** Deliver to private, loopback and link-local addresses as well. Default: `false`. */
    readonly allowPrivateAddresses?: boolean | undefined
  }
  /** Receives the log. Default: warnings and errors go to the console. */
  readonly logger?: Logger | undefined
  /** The least level that is logged. Default: `warn`, or `info` with a `logger`. */
  readonly logLevel?: LogLevel | "none" | undefined
  /**
   * Less common settings by their names in the core, such as `vodSilence` or `maxFileSize`. Durations are milliseconds,
   * or texts such as `2 minutes`.
   */
  readonly settings?: Readonly<Record<string, unknown>> | undefined
}
