import { Schema } from "effect"
import type { Status } from "./statuses.ts"

/**
 * How the body of a request is read: as JSON, as JSON or a form whose files are spooled to disk, or not at all. `strictJson`
 * refuses forms, which pages of other origins can send without a preflight. Runners send either.
 */
export type BodyKind = "json" | "strictJson" | "form" | "none"

/**
 * One endpoint of the wire, as data. Hosts loop over these records, clients build requests from them, and the OpenAPI
 * document describes them.
 */
export interface Endpoint<Params, ParamsI, Query, QueryI, Request, RequestI, Response, ResponseI> {
  readonly name: string
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** Parameters are written `:name`. Each is a whole segment. */
  readonly path: `/${string}`
  readonly summary: string
  /** Requires an administrator. Checked before any other part of the request. */
  readonly admin: boolean
  /** Requires the right to manage videos: an administrator, or everybody where the host leaves videos open. */
  readonly manages: boolean
  /** Unauthenticated requests are limited, see `RateLimit`. Requests of administrators are not. */
  readonly limited: boolean
  readonly params: Schema.Schema<Params, ParamsI>
  readonly query: Schema.Schema<Query, QueryI>
  readonly body: BodyKind
  /** The names of the file parts that a form may have. */
  readonly files: ReadonlyArray<string>
  readonly request: Schema.Schema<Request, RequestI>
  /** The status of success: 200 with a body, 204 without. Runners compare it exactly. */
  readonly status: 200 | 204
  /** The answer is a file, or the requested range of it, instead of a document. */
  readonly isFile: boolean
  /** The answer is a stream of server-sent events instead of a document. */
  readonly isStream: boolean
  readonly response: Schema.Schema<Response, ResponseI>
  /** Error statuses beside those that follow from the other members. */
  readonly problems: ReadonlyArray<Status>
}

/** An endpoint of any types, for routers and descriptions. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every endpoint; only `any` is both producer and consumer of all
export type AnyEndpoint = Endpoint<any, any, any, any, any, any, any, any>

/** The defaults of a record. */
const usual = {
  admin: false,
  manages: false,
  limited: true,
  params: Schema.Struct({}),
  query: Schema.Struct({}),
  body: "none",
  files: [],
  request: Schema.Struct({}),
  isFile: false,
  isStream: false,
  response: Schema.Void,
  problems: []
} as const

type Empty = typeof usual.params.Type

type Usual = keyof typeof usual

/** Fills in the defaults of a record: no parameters, no body, no document, open to everybody. */
export const endpoint = <
  Params = Empty,
  ParamsI = Empty,
  Query = Empty,
  QueryI = Empty,
  Request = Empty,
  RequestI = Empty,
  Response = void,
  ResponseI = void
>(
  record: Omit<Endpoint<Params, ParamsI, Query, QueryI, Request, RequestI, Response, ResponseI>, Usual> &
    Partial<Pick<Endpoint<Params, ParamsI, Query, QueryI, Request, RequestI, Response, ResponseI>, Usual>>
): Endpoint<Params, ParamsI, Query, QueryI, Request, RequestI, Response, ResponseI> =>
  // The type parameters allow a missing schema only where the default has the right type. The compiler cannot see that.
  ({ ...usual, ...record }) as Endpoint<Params, ParamsI, Query, QueryI, Request, RequestI, Response, ResponseI>

/** Returns the path of an endpoint with its parameters filled in. */
export const pathOf = (of: { readonly path: string }, params: Record<string, string> = {}): string =>
  of.path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""))
