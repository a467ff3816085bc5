import type { Schema } from "effect"

/** How the body of a request is read: JSON alone, JSON or a form whose files are spooled to disk, or not at all. */
export type BodyKind = "json" | "form" | "none"

/**
 * One endpoint of the runner's wire, as data: hosts loop over these records, clients build requests from them, and the
 * OpenAPI document is made of them.
 */
export interface Endpoint<Params, ParamsI, Request, RequestI, Response, ResponseI> {
  readonly name: string
  readonly method: "GET" | "POST" | "DELETE"
  /** Parameters are written `:name`, one whole segment each. */
  readonly path: `/${string}`
  readonly summary: string
  readonly params: Schema.Schema<Params, ParamsI>
  readonly body: BodyKind
  /** The file parts that a form may have besides its fields, named as they stand in the form; none when left out. */
  readonly files?: ReadonlyArray<string>
  readonly request: Schema.Schema<Request, RequestI>
  /** The status of success, which runners compare exactly: 200 with a body, 204 without. */
  readonly status: 200 | 204
  readonly response: Schema.Schema<Response, ResponseI>
}

/** An endpoint whose types do not matter to who holds it: a router, a printer. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every endpoint; only `any` is both producer and consumer of all
export type AnyEndpoint = Endpoint<any, any, any, any, any, any>

export const endpoint = <Params, ParamsI, Request, RequestI, Response, ResponseI>(
  record: Endpoint<Params, ParamsI, Request, RequestI, Response, ResponseI>
): Endpoint<Params, ParamsI, Request, RequestI, Response, ResponseI> => record

/** The path of an endpoint with its parameters filled in. */
export const pathOf = (of: { readonly path: string }, params: Record<string, string> = {}): string =>
  of.path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""))
