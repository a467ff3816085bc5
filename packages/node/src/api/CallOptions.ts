/** Options of every call. */
export interface CallOptions {
  /** Ends the call, which then rejects with the reason of the signal. Nothing half done is left behind. */
  readonly signal?: AbortSignal | undefined
}
