import type { Endpoint } from "../http/Endpoint.ts"
import { type Records, routes } from "./routes.ts"

/** A parameter of a path or a query. Lists repeat the name. */
type Value = string | number | boolean

/** The values of a query. Names and literal texts are those of the record. */
type Loose<Query> = {
  readonly [Name in keyof Query]?: Query[Name] | number | boolean | undefined
}

/** The input of a call. */
export interface Input<Params, Query, Body> {
  readonly params?: { readonly [Name in keyof Params]: Value } | undefined
  readonly query?: Loose<Query> | undefined
  /** A form for calls with files. */
  readonly body?: Body | FormData | undefined
  readonly signal?: AbortSignal | undefined
}

/** A call of the API. Rejects with `ApiError` for every status but the one of success. */
type Call<Record> =
  Record extends Endpoint<infer _P, infer Params, infer _Q, infer Query, infer _B, infer Body, infer _A, infer Answer>
    ? (input?: Input<Params, Query, Body>) => Promise<Answer>
    : never

/** One function for each endpoint, under its name. Documents have the types of the encoded records. */
export type Client = { readonly [Name in keyof Records]: Call<Records[Name]> }

export interface ClientOptions {
  /** The address of the runner API, without a slash at the end. Default: the origin of the page. */
  readonly origin?: string | undefined
  /** The path of the console's API, as in `ApiOptions.path`. Default: none. */
  readonly path?: string | undefined
  /** The administrator's token. Pages sign in instead and send the cookie. */
  readonly token?: string | undefined
  /** Default: the `fetch` of the platform. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}

/** The API has refused a call. */
export class ApiError extends Error {
  override readonly name = "ApiError"
  readonly status: number
  /** The problem document, or undefined when the answer is none. */
  readonly problem: unknown

  constructor(status: number, message: string, problem: unknown) {
    super(message)
    this.status = status
    this.problem = problem
  }
}

type AnyInput = Input<object, object, unknown>

const searchOf = (query: object): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one))
  }
  return search.size === 0 ? "" : `?${search}`
}

/** A route with its values filled in. Routes of the runner API are not below the path of the console's API. */
const placeOf = (route: string, prefix: string, { params = {}, query = {} }: AnyInput) => {
  const [method = "GET", path = "/"] = route.split(" ")
  const filled = path.replace(/:([A-Za-z]+)/g, (_, name: string) =>
    encodeURIComponent(String(Reflect.get(params, name) ?? ""))
  )
  return { method, path: (path.startsWith("/api/") ? "" : prefix) + filled + searchOf(query) }
}

/**
 * The path of a call or of the stream of events, for clients without `fetch`: `EventSource`, or a form whose progress is
 * shown. `prefix` is the path of the console's API.
 */
export const pathOf = (
  name: keyof typeof routes,
  prefix = "",
  input: Pick<Input<object, object, never>, "params" | "query"> = {}
): string => placeOf(routes[name], prefix, input).path

const bodyOf = (body: unknown): RequestInit => {
  if (body === undefined) return {}
  if (body instanceof FormData) return { body }
  return { body: JSON.stringify(body), headers: { "content-type": "application/json" } }
}

const detailOf = (problem: unknown): string | undefined =>
  typeof problem === "object" && problem !== null && "detail" in problem ? String(problem.detail) : undefined

const documentOf = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  try {
    return text === "" ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Makes a client of the API. It needs `fetch` only: no schema and no part of Effect is loaded. */
export const makeClient = ({
  fetch: send = fetch,
  origin = "",
  path: prefix = "",
  token
}: ClientOptions = {}): Client => {
  const base = origin === "" ? (globalThis.location?.origin ?? "") : origin

  const call = async (route: string, input: AnyInput = {}): Promise<unknown> => {
    const { method, path } = placeOf(route, prefix, input)
    const { body, signal } = input
    const request = new Request(base + path, { method, ...bodyOf(body), ...(signal === undefined ? {} : { signal }) })
    if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`)
    const response = await send(request)
    const document = await documentOf(response)
    if (response.ok) return document
    throw new ApiError(response.status, detailOf(document) ?? `The server answered ${response.status}`, document)
  }

  const calls = Object.entries(routes).map(([name, route]) => [name, (input?: AnyInput) => call(route, input)])
  return Object.fromEntries(calls) as Client
}
