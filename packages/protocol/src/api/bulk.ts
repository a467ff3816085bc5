import { Effect, Schema } from "effect"
import { problemOf, type WireError } from "../http/Problem.ts"
import { PriorityField } from "../videos/fields.ts"

/** The longest list of one request. */
export const MAX_IDS = 100

const Result = Schema.Struct({
  uuid: Schema.String,
  /** 204, or the status of the refusal. */
  status: Schema.Int,
  detail: Schema.NullOr(Schema.String)
}).annotations({ identifier: "BulkResult" })

/** A result for each id, in the order of the request. */
export const BulkResults = Schema.Struct({ results: Schema.Array(Result) })

const BulkAction = Schema.Literal("cancel", "retry", "delete", "prioritize")

/** The members of a request beside the ids. */
export const bulkFields = {
  action: BulkAction,
  /** The new priority, with `prioritize`. */
  priority: Schema.optional(PriorityField)
}

/** The ids of a request. */
export const idsOf = <A extends string>(id: Schema.Schema<A, string>): Schema.filter<Schema.Array$<typeof id>> =>
  Schema.Array(id).pipe(Schema.maxItems(MAX_IDS))

interface Change {
  readonly action: typeof BulkAction.Type
  readonly priority?: number | undefined
}

/** Whether the request has a priority exactly when its action needs one, or why it has not. */
export const checkPriority = ({ action, priority }: Change): true | Schema.FilterIssue =>
  (action === "prioritize") === (priority !== undefined) || {
    path: ["priority"],
    message: "expected a priority with prioritize, and only with it"
  }

/** The calls of the actions. */
export type BulkCalls<Id> = Readonly<
  Record<typeof BulkAction.Type, (id: Id, priority: number) => Effect.Effect<unknown, WireError>>
>

/** Changes one after the other, because changes of one video would conflict. A refusal does not stop the others. */
export const changeEach = <Id extends string>(
  calls: BulkCalls<Id>,
  { action, priority = 0 }: Change,
  ids: ReadonlyArray<Id>
): Effect.Effect<typeof BulkResults.Type> =>
  Effect.map(
    Effect.forEach(ids, (id) =>
      Effect.match(calls[action](id, priority), {
        onSuccess: () => ({ uuid: id, status: 204, detail: null }),
        onFailure: (error) => {
          const { detail, status } = problemOf(error)
          return { uuid: id, status, detail }
        }
      })
    ),
    (results) => ({ results })
  )
