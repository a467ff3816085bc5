import { Array as Arr, Option, Order } from "effect"
import type { AnyEndpoint } from "./Endpoint.ts"

/** An endpoint whose path fits, with the path's parameters as they stand there. */
export interface PathMatch {
  readonly endpoint: AnyEndpoint
  readonly params: Readonly<Record<string, string>>
}

/**
 * The path of a request as it was sent. Taken out of the text, since a server may show a request whose host is none,
 * which no parser of URLs takes.
 */
export const pathnameOf = ({ url }: Request): string =>
  /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? ""

/** What stands behind the question mark, as it was sent. */
export const searchOf = ({ url }: Request): string => /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ""

const parameter = /:([A-Za-z]+)/g

const compile = (endpoint: AnyEndpoint): ((path: string) => Option.Option<PathMatch>) => {
  const source = endpoint.path.replaceAll(".", "\\.").replace(parameter, "(?<$1>[^/]+)")
  // A slash at the end is no other path; a redirect there would lose the runner.
  const pattern = new RegExp(`^${source}/?$`)
  return (path) =>
    Option.map(Option.fromNullable(pattern.exec(path)), (found) => ({ endpoint, params: { ...found.groups } }))
}

const byParameters = Order.mapInput(Order.number, ({ path }: AnyEndpoint) => path.split(":").length)

/** Finds the endpoints with a path, whatever their method; those first that have more of it to the letter. */
export const makeMatcher = (endpoints: ReadonlyArray<AnyEndpoint>): ((path: string) => ReadonlyArray<PathMatch>) => {
  const compiled = Arr.sort(endpoints, byParameters).map(compile)
  return (path) => compiled.flatMap((match) => Option.toArray(match(path)))
}
