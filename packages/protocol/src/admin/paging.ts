import { Errors, type Persistence } from "@runner-connector/core"
import { Effect, Schema } from "effect"

const wholeNumber = (most: number, usual: number) =>
  Schema.optionalWith(
    Schema.String.pipe(Schema.pattern(/^\d{1,15}$/), Schema.parseNumber, Schema.between(0, most)).annotations({
      jsonSchema: { type: "integer", minimum: 0, maximum: most, default: usual }
    }),
    { default: () => usual }
  )

/** A column name. A leading minus sorts in descending order. */
export const sortBy = <const Column extends string>(columns: readonly [Column, ...ReadonlyArray<Column>]) => {
  const By = Schema.Struct({ by: Schema.Literal(...columns), descending: Schema.Boolean })
  const names = columns.flatMap((column) => [column, `-${column}`])
  const Written = Schema.Literal(...names).annotations({
    jsonSchema: { type: "string", enum: names, default: "-createdAt" }
  })
  return Schema.transform(Written, Schema.typeSchema(By), {
    strict: true,
    decode: (text) => ({ by: text.replace("-", "") as Column, descending: text.startsWith("-") }),
    encode: ({ by, descending }) => (descending ? `-${by}` : by)
  })
}

/** The default order. */
export const newestFirst = { by: "createdAt" as const, descending: true }

/** The members of every paged query. */
export const paging = { start: wholeNumber(Number.MAX_SAFE_INTEGER, 0), count: wholeNumber(100, 15) }

/** Selects a part of a list of runners or tokens. */
export const PageQuery = Schema.Struct({
  ...paging,
  sort: Schema.optionalWith(sortBy(["createdAt"]), { default: () => newestFirst })
})

/** A part of a list, with the length of the whole list. */
export const pageOf = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.Struct({ total: Schema.Int, data: Schema.Array(item) })

interface AfterQuery<Id> {
  readonly after?: Id | undefined
  readonly sort?: Persistence.Sort<string> | undefined
}

/**
 * Reads a page. Refuses `after` in other orders than the newest first, and a row that does not exist. That leaves the page
 * empty, so that only an empty page looks it up.
 */
export const readAfter = <A, Id, E, R>(
  { after, sort = newestFirst }: AfterQuery<Id>,
  list: (from: { readonly after?: Id }) => Effect.Effect<Persistence.Page<A>, E, R>,
  exists: (id: Id) => Effect.Effect<boolean, E, R>
): Effect.Effect<Persistence.Page<A>, E | Errors.InvalidRequest, R> =>
  Effect.gen(function* () {
    if (after === undefined) return yield* list({})
    if (sort.by !== "createdAt" || !sort.descending) {
      return yield* new Errors.InvalidRequest({ detail: "after: needs the order with the newest first" })
    }
    const page = yield* list({ after })
    if (page.data.length > 0 || (yield* exists(after))) return page
    return yield* new Errors.InvalidRequest({ detail: "after: this row does not exist, begin with the first page" })
  })

/** Converts each item of a page. */
export const page = <A, B>({ data, total }: Persistence.Page<A>, show: (item: A) => B) => ({
  total,
  data: data.map(show)
})
