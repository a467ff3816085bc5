import { Option, Redacted } from "effect"

/** The bearer token of a request (RFC 6750), if it has one. */
export const bearerOf = (request: Request): Option.Option<Redacted.Redacted<string>> =>
  Option.fromNullable(/^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1]).pipe(
    Option.map((token) => Redacted.make(token))
  )
