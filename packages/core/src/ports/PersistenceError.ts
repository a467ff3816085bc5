import { Schema } from "effect"

/** The database did not answer, or not as it should. Nothing was changed; trying again later may help. */
export class PersistenceError extends Schema.TaggedError<PersistenceError>()("PersistenceError", {
  /** What was being done, such as `JobStore.commit`. */
  operation: Schema.String,
  cause: Schema.Defect
}) {
  override get message(): string {
    return `The store failed in ${this.operation}`
  }
}

/** A page of a longer list. */
export interface Page<A> {
  readonly total: number
  readonly data: ReadonlyArray<A>
}

/** Which part of a list is wanted. */
export interface PageRequest {
  /** How many to leave out, 0 or more. */
  readonly start: number
  /** How many to return at most, 0..100. */
  readonly count: number
}

/** In which order a list is wanted. Equals follow one another in the order of their insertion, either way. */
export interface Sort<Column extends string> {
  readonly by: Column
  readonly descending: boolean
}
