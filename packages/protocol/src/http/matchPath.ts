import { Array as Arr, Option, Order } from "effect"
import type { AnyEndpoint } from "./Endpoint.ts"

/** An endpoint whose path matches, with the parameters as written in the path. */
export interface PathMatch {
  readonly endpoint: AnyEndpoint
  readonly params: Readonly<Record<string, string>>
}

/**
 * Returns the path of a request as it was sent. Reads the text itself, because a URL parser rejects a malformed host, which
 * some servers pass on.
 */
export const pathnameOf = ({ url }: Request): string =>
  /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? ""

/** Returns the query of a request as it was sent, without the question mark. */
export const searchOf = ({ url }: Request): string => /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ""

const parameter = /:([A-Za-z]+)/g

const compile = (endpoint: AnyEndpoint): ((path: string) => Option.Option<PathMatch>) => {
  const source = endpoint.path.replaceAll(".", "\\.").replace(parameter, "(?<$1>[^/]+)")
  // A trailing slash is accepted, because runners treat a redirect as an error.
  const pattern = new RegExp(`^${source}/?$`)
  return (path) =>
    Option.map(Option.fromNullable(pattern.exec(path)), (found) => ({ endpoint, params: { ...found.groups } }))
}

const byParameters = Order.mapInput(Order.number, ({ path }: AnyEndpoint) => path.split(":").length)

/** Finds the endpoints with a path, for all methods. Those with fewer parameters come first. */
export const makeMatcher = (endpoints: ReadonlyArray<AnyEndpoint>): ((path: string) => ReadonlyArray<PathMatch>) => {
  const compiled = Arr.sort(endpoints, byParameters).map(compile)
  return (path) => compiled.flatMap((match) => Option.toArray(match(path)))
}
