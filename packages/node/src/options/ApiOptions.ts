import type { IncomingMessage } from "node:http"

/** Serves the HTTP API of the console: videos, lives, jobs, events, sign-in. It needs `adminToken` or `isAdministrator`. */
export interface ApiOptions {
  /** The path of all routes, which begins with a slash, such as `/media-admin`. Default: `/videos` is a route of the origin. */
  readonly path?: string | undefined
  /** The largest upload in bytes. Default: the setting `maxFileSize`. */
  readonly maxUploadSize?: number | undefined
  /** Whether a new video gets a storyboard. Default: `true`. */
  readonly storyboards?: boolean | undefined
}

/**
 * Receives uploads by tus 1.0.0 at `/videos/uploads` below the path of the API. It needs `api` and the package
 * `@runner-connector/tus`.
 */
export interface UploadOptions {
  /**
   * The folder of unfinished uploads, on the disk of the storage at best. Default: `uploads` in `dataDir`. With a storage in S3
   * they are in the bucket by default, so that every process continues them.
   */
  readonly folder?: string | undefined
  /** How long an upload waits for its next part, in milliseconds or as a text. Default: `24 hours`. */
  readonly lifetime?: number | string | undefined
  /** The most uploads that may be unfinished, in all processes with this database. More get 503. Default: 1000. */
  readonly maxUnfinished?: number | undefined
  /** The most bytes that they may have together. Default: 256 GiB, but at least one file of the largest size. */
  readonly maxUnfinishedSize?: number | undefined
}

/**
 * Whether a request comes from an administrator of the application, by its own cookie or header. `node` is the request of
 * `connector.handler` as the middleware before it has left it, with the session of Express for example. A function that
 * rejects fails the request with 500.
 */
export type IsAdministrator = (
  request: Request,
  context: { readonly node: IncomingMessage | undefined }
) => boolean | Promise<boolean>
