import { Array as Arr, Config, ConfigError, Either, Schema } from "effect"
import { nearestName } from "./nearestName.ts"

/** Values by names that an application chooses, such as tenants. */
export type NamedValues<A> = Readonly<Record<string, A>>

/** A record with a schema for its keys would drop other keys silently. This one refuses them. */
export const namedValues = <A, I>(
  name: Schema.Schema<string>,
  value: Schema.Schema<A, I>
): Schema.Schema<NamedValues<A>, NamedValues<I>> =>
  Schema.Record({ key: Schema.String, value }).pipe(
    Schema.filter((values) => Object.keys(values).every(Schema.is(name)), { message: () => "expected valid names" })
  )

/** The first name whose entry the schema refuses. */
export const wrongName = (
  schema: Schema.Schema<NamedValues<unknown>, NamedValues<unknown>>,
  given: NamedValues<unknown>
): string | undefined => {
  const decode = Schema.decodeUnknownEither(schema)
  const isWrong = (name: string) => {
    const decoded = decode(Object.fromEntries([[name, given[name]]]))
    // `__proto__` is no member of the decoded record.
    return Either.isLeft(decoded) || !Object.hasOwn(decoded.right, name)
  }
  return Object.keys(given).find(isWrong)
}

/** How the text of a variable is read: `name=value,name=value`. */
interface Form<A, I> {
  readonly schema: Schema.Schema<NamedValues<A>, NamedValues<I>>
  /** Splits one entry. */
  readonly split: (entry: string) => readonly [name: string, value: unknown]
  readonly expected: string
  readonly description: string
}

const read = <A, I>(text: string, { expected, schema, split }: Form<A, I>): Either.Either<NamedValues<A>, string> => {
  const texts = Arr.filter(
    Arr.map(text.split(","), (entry) => entry.trim()),
    (entry) => entry !== ""
  )
  const entries = texts.map(split)
  const names = entries.map(([name]) => name)
  const repeated = names.find((name, at) => names.indexOf(name) !== at)
  if (repeated !== undefined) return Either.left(`${expected}, and ${repeated} only once`)
  const given = Object.fromEntries(entries)
  const wrong = wrongName(schema as never, given)
  if (wrong !== undefined) return Either.left(`${expected}, and not ${texts[names.indexOf(wrong)]}`)
  return Either.mapLeft(Schema.decodeUnknownEither(schema)(given), () => expected)
}

/** Values by names in one variable, none when unset. Fails with the first wrong entry. */
export const namedValuesConfig = <A, I>(variable: string, form: Form<A, I>): Config.Config<NamedValues<A>> =>
  Config.string(variable).pipe(
    Config.withDefault(""),
    Config.mapOrFail((text) =>
      Either.mapLeft(read(text, form), (reason) => ConfigError.InvalidData([variable], reason))
    ),
    Config.withDescription(form.description)
  )

/** One sentence for each given job type that is not among the known ones. */
export const unknownJobTypes = (given: NamedValues<unknown>, known: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearestName(name, known)
      return `there is no job type ${name}${meant === undefined ? "" : `. Did you mean ${meant}?`}`
    })
