import { DateTime, Option, Schema, SchemaAST } from "effect"

type Field = Schema.Schema.AnyNoContext

/** Reads a value of the driver, and writes one for it. */
export interface RowField {
  readonly read: (value: unknown) => unknown
  readonly write: (value: unknown) => unknown
}

const same = (value: unknown): unknown => value

/** As text, because the driver writes dates in local time. */
const moment: RowField = {
  read: (value) => DateTime.unsafeFromDate(value as Date),
  write: (value) => DateTime.formatIso(value as DateTime.Utc)
}

const optional = ({ read, write }: RowField): RowField => ({
  read: (value) => (value === null ? Option.none() : Option.some(read(value))),
  write: (value) => Option.match(value as Option.Option<unknown>, { onNone: () => null, onSome: write })
})

/** The schema of the value in `OptionFromNullOr`. */
const valueOf = (field: Field): Field | undefined => {
  const { from } = field as { readonly from?: { readonly members?: ReadonlyArray<Field> } }
  const [value, nothing] = from?.members ?? []
  if (value === undefined || nothing?.ast !== Schema.Null.ast) return undefined
  return Option.isOption(Schema.decodeUnknownSync(field)(null)) ? value : undefined
}

const plain = (field: Field): RowField => {
  if (SchemaAST.typeAST(field.ast) === field.ast) return { read: same, write: same }
  if (field.ast === Schema.DateTimeUtcFromDate.ast) return moment
  // Documents with moments or optional members of their own.
  return { read: Schema.decodeUnknownSync(field), write: Schema.encodeSync(field) }
}

/** A document may be damaged, so it is checked. Most lists are empty. */
const checked = (field: Field): RowField["read"] => {
  if (SchemaAST.isUnknownKeyword(field.ast)) return same
  const decode = Schema.decodeUnknownSync(field)
  return (value) => (Array.isArray(value) && value.length === 0 ? value : decode(value))
}

/**
 * The column of a field. The database checks the types of its columns, but not what JSON contains. The driver would write
 * arrays as arrays of PostgreSQL, so JSON is written as text.
 */
export const of = (field: Field, isJson: boolean): RowField => {
  const value = valueOf(field)
  const present = value ?? field
  const found = isJson ? { ...plain(present), read: checked(present) } : plain(present)
  const { read, write } = value === undefined ? found : optional(found)
  return { read, write: isJson ? (one) => JSON.stringify(write(one) ?? null) : write }
}
