import { Schema } from "effect"

/** The database failed or was unreachable. Nothing was changed. Retrying later may help. */
export class PersistenceError extends Schema.TaggedError<PersistenceError>()("PersistenceError", {
  /** The operation, such as `JobStore.commit`. */
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
  /** True when the list has more items than `total`, which long lists are counted up to. Otherwise absent. */
  readonly isTotalCapped?: boolean
  readonly data: ReadonlyArray<A>
}

/** The requested part of a list. */
export interface PageRequest {
  /** How many to skip, 0 or more. */
  readonly start: number
  /** How many to return at most, 0 to 100. */
  readonly count: number
}

/** The requested part of a list to which rows are added meanwhile. */
export interface PageAfterRequest<Id> extends PageRequest {
  /**
   * Begins behind the row with this id, and skips `start` from there, so that rows which arrive or go meanwhile shift nothing.
   * Only for lists with the newest row first. The list is empty when there is no such row. `total` counts all rows.
   */
  readonly after?: Id
}

/** The order of a list. Equal items keep the order of their insertion, in both directions. */
export interface Sort<Column extends string> {
  readonly by: Column
  readonly descending: boolean
}
