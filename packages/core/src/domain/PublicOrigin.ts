import { Either, type Option, ParseResult, Schema } from "effect"

/** An origin under which runners reach the server, such as `https://media.example`. */
export const PublicOrigin = Schema.String.pipe(Schema.brand("PublicOrigin"))
export type PublicOrigin = typeof PublicOrigin.Type

const parts = [
  { of: ({ username, password }: URL) => username + password, what: "a user or a password" },
  {
    of: ({ pathname }: URL) => (pathname === "/" ? "" : pathname),
    what: "a path: runners call their API at the root of a host, so give the server a host name of its own"
  },
  { of: ({ search }: URL) => search, what: "a query" },
  { of: ({ hash }: URL) => hash, what: "a fragment" }
]

/** Parses the root of an http or https host. Fails with the reason. */
export const parsePublicOrigin = (text: string): Either.Either<PublicOrigin, string> => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    return Either.left("expected an http or https address, such as https://media.example")
  }
  const url = new URL(text)
  const refused = parts.find(({ of }) => of(url) !== "")
  return refused === undefined
    ? Either.right(PublicOrigin.make(url.origin))
    : Either.left(`expected an address without ${refused.what}`)
}

/** The field `publicUrl` of requests. */
export const PublicUrlField: Schema.Schema<
  Option.Option<PublicOrigin>,
  string | undefined
> = Schema.OptionFromUndefinedOr(
  Schema.transformOrFail(Schema.String, PublicOrigin, {
    strict: true,
    decode: (text, _, ast) =>
      Either.mapLeft(parsePublicOrigin(text), (reason) => new ParseResult.Type(ast, text, reason)),
    encode: Either.right
  })
)
