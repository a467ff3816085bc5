/** The requested part of a list. */
export interface PageOptions {
  /** How many to skip. Default: 0. */
  readonly start?: number | undefined
  /** How many to return at most, up to 100. Default: 15. */
  readonly count?: number | undefined
}

/** A part of a list. */
export interface Page<A> {
  /** The length of the whole list. */
  readonly total: number
  readonly data: ReadonlyArray<A>
}
