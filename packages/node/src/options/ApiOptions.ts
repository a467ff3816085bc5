/** Serves the HTTP API of the console: videos, lives, jobs, events, sign-in. It needs `adminToken`. */
export interface ApiOptions {
  /** The path of all routes, which begins with a slash, such as `/media-admin`. Default: `/videos` is a route of the origin. */
  readonly path?: string | undefined
  /** The largest upload in bytes. Default: the setting `maxFileSize`. */
  readonly maxUploadSize?: number | undefined
  /** Whether a new video gets a storyboard. Default: `true`. */
  readonly storyboards?: boolean | undefined
}
