import { Either } from "effect"

/** Values by name. The object has no prototype, so every name is only a name. */
export type Fields = Record<string, unknown>

export const empty = (): Fields => Object.create(null)

const pattern = /^([^[\]]{1,100})(?:\[([^[\]]{1,100})\])?$/

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null

/**
 * Returns a function that puts the value of a part at its place: `a` at the top, `a[b]` as member `b` of `a`. Fails with a
 * sentence for deeper names, repeated names, and names that are both a value and a group.
 */
export const place = (fields: Fields, path: string): Either.Either<(value: unknown) => void, string> => {
  const [, outer, inner] = pattern.exec(path) ?? []
  if (outer === undefined || outer === "__proto__" || inner === "__proto__") {
    return Either.left("The form has a field whose name is malformed")
  }
  const present = fields[outer]
  const group = inner === undefined ? fields : (present ?? empty())
  if (!isFields(group)) return Either.left(sentTwice)
  const name = inner ?? outer
  if (group[name] !== undefined) return Either.left(sentTwice)
  return Either.right((value) => {
    if (inner !== undefined) fields[outer] = group
    group[name] = value
  })
}

const sentTwice = "The form has the same field twice"
