/** Text fields of `POST /videos/upload`, and the picture of an audio file. */
export type Fields = ReadonlyArray<readonly [name: string, value: string | File]>

/** One file on its way to the server. */
export interface Transfer {
  /** Begins, or continues after a pause or a failure. */
  readonly start: () => void
  /** Undefined where a later start would begin anew. */
  readonly pause?: () => void
  /** Ends it and removes what the server has received. */
  readonly cancel: () => void
}

/** Reports of a transfer. */
export interface Listener {
  /** Bytes that were sent so far, including those of earlier pages. */
  readonly onProgress: (sent: number) => void
  /** The server cannot be reached. The transfer tries again by itself. */
  readonly onLost: () => void
  readonly onDone: () => void
  readonly onFailed: (error: Error) => void
}
