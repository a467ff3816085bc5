import { Schema } from "effect"
import type { Status } from "./statuses.ts"

/** How the body of a request is read: JSON alone, JSON or a form whose files are spooled to disk, or not at all. */
export type BodyKind = "json" | "form" | "none"

/**
 * One endpoint of the wire, as data: hosts loop over these records, clients build requests from them, and the OpenAPI
 * document is made of them.
 */
export interface Endpoint<Params, ParamsI, Query, QueryI, Request, RequestI, Response, ResponseI> {
  readonly name: string
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Parameters are written `:name`, one whole segment each. */
  readonly path: `/${string}`
  readonly summary: string
  /** For administrators; asked before anything else of the request is looked at. */
  readonly admin: boolean
  /** Strangers may ask only so often; see `RateLimit`. Administrators always may. */
  readonly limited: boolean
  readonly params: Schema.Schema<Params, ParamsI>
  readonly query: Schema.Schema<Query, QueryI>
  readonly body: BodyKind
  /** The file parts that a form may have besides its fields, named as they stand in the form. */
  readonly files: ReadonlyArray<string>
  readonly request: Schema.Schema<Request, RequestI>
  /** The status of success, which runners compare exactly: 200 with a body, 204 without. */
  readonly status: 200 | 204
  /** A file is answered instead of a document, a part of it when a part is asked for. */
  readonly isFile: boolean
  readonly response: Schema.Schema<Response, ResponseI>
  /** Refusals beside those that follow from the rest of the record. */
  readonly problems: ReadonlyArray<Status>
}

/** An endpoint whose types do not matter to who holds it: a router, a printer. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every endpoint; only `any` is both producer and consumer of all
export type AnyEndpoint = Endpoint<any, any, any, any, any, any, any, any>

/** What an endpoint is when its record does not say otherwise. */
const usual = {
  admin: false,
  limited: true,
  params: Schema.Struct({}),
  query: Schema.Struct({}),
  body: "none",
  files: [],
  request: Schema.Struct({}),
  isFile: false,
  response: Schema.Void,
  problems: []
} as const

type Empty = typeof usual.params.Type

type Usual = keyof typeof usual

/** A record with what it leaves out filled in: nothing is asked for, nothing is answered, anybody may ask. */
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
  // A schema can be left out only where its type has the usual one for its default; the compiler does not see that.
  ({ ...usual, ...record }) as Endpoint<Params, ParamsI, Query, QueryI, Request, RequestI, Response, ResponseI>

/** The path of an endpoint with its parameters filled in. */
export const pathOf = (of: { readonly path: string }, params: Record<string, string> = {}): string =>
  of.path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""))
