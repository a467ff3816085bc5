import { Effect, Either, Fiber, Option } from "effect"
import type { BodySource } from "../body/BodySource.ts"
import type { Fields } from "../body/FormFields.ts"
import * as RequestBody from "../body/RequestBody.ts"
import type { SpoolFolder } from "../body/Spool.ts"
import * as Admission from "./Admission.ts"
import { encoderOf } from "./documentEncoder.ts"
import type { AnyEndpoint, Endpoint } from "./Endpoint.ts"
import * as Parameters from "./Parameters.ts"
import { type AnyResponse, type PlainResponse, toResponse } from "./PlainResponse.ts"
import type { WireError } from "./Problem.ts"
import { UnsupportedBody } from "./ProtocolErrors.ts"
import { Reception, type Services } from "./Reception.ts"

/** A request whose endpoint is known. */
export interface Incoming {
  readonly request: Request
  readonly source: BodySource
  /** Percent-encoded, as in the path. */
  readonly params: Readonly<Record<string, string>>
  readonly clientAddress: Option.Option<string>
}

/** Answers the requests for one endpoint. */
export type Handler = (incoming: Incoming) => Effect.Effect<AnyResponse, WireError>

/** A request decoded by the schemas of its endpoint. */
export interface Call<Params, Query, Body> {
  readonly request: Request
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly ip: Option.Option<string>
  /** The folder of the uploaded files. */
  readonly folder: SpoolFolder
  /**
   * Passes the uploaded files to `work`, which continues when the client disconnects and removes them by `release`.
   * Without this call they are removed when the request has been answered.
   */
  readonly handOver: <A>(
    work: (release: Effect.Effect<void>) => Effect.Effect<A, WireError>
  ) => Effect.Effect<A, WireError>
}

export type { Reception } from "./Reception.ts"

/** How one endpoint does its work. */
export interface Work<Params, Query, Body, Answer> {
  /** See `FormRules.mayUpload`. Required by endpoints with files. */
  readonly mayUpload?: (params: Params, fields: Fields) => Effect.Effect<boolean, WireError>
  /** File parts beside those of the endpoint: the files of the job types of the host. */
  readonly files?: ReadonlyArray<string>
  /** `run` waits for `folder.sync` itself, while it works. Otherwise it begins when the syncs of the files have ended. */
  readonly syncsFiles?: boolean
  /** Authenticates the runner by the path, for endpoints without tokens in the body. */
  readonly proof?: (params: Params) => Effect.Effect<unknown, WireError>
  readonly run: (call: Call<Params, Query, Body>) => Effect.Effect<Answer, WireError>
}

/** Keeps uploaded files until `release` when they were handed over, otherwise until the request is answered. */
const makeOwnership = (folder: SpoolFolder) => {
  let isHandedOver = false
  const handOver: Call<unknown, unknown, unknown>["handOver"] = (work) =>
    Effect.uninterruptibleMask((restore) => {
      isHandedOver = true
      const begun = Effect.forkDaemon(Effect.interruptible(work(folder.release)))
      return Effect.flatMap(begun, (fiber) => restore(Fiber.join(fiber)))
    })
  return { handOver, releaseOwned: Effect.suspend(() => (isHandedOver ? Effect.void : folder.release)) }
}

const isForm = (request: Request): boolean => /^multipart\/form-data\b/i.test(request.headers.get("content-type") ?? "")

/** Comes before all other checks. */
const authorize = (
  { admin, body, manages }: Pick<AnyEndpoint, "admin" | "body" | "manages">,
  { admins, managers }: Services,
  request: Request,
  clientAddress: Incoming["clientAddress"]
): Effect.Effect<void, WireError> =>
  Effect.gen(function* () {
    if (admin) yield* admins.check(request, clientAddress)
    if (manages) yield* managers.check(request, clientAddress)
    if (body === "strictJson" && isForm(request)) yield* new UnsupportedBody()
  })

/** Whether the endpoint belongs to the runner's wire. It accepts unknown members, because versions of runners differ. */
const isOfRunners = ({ admin, body, manages }: Pick<AnyEndpoint, "admin" | "body" | "manages">): boolean =>
  !admin && !manages && body !== "strictJson"

/** Reads the body of a request that may continue, and answers it. */
const makeAnswer = <P, PI, Q, QI, B, BI, A, AI>(
  endpoint: Endpoint<P, PI, Q, QI, B, BI, A, AI>,
  { files = [], mayUpload = () => Effect.succeed(true), run, syncsFiles = false }: Work<P, Q, B, AnyResponse>,
  reception: Services
) => {
  const accepted = new Set([...endpoint.files, ...files])
  const decodeBody = isOfRunners(endpoint) ? Parameters.ofBody : Parameters.ofStrictBody
  return (
    { clientAddress, request, source }: Incoming,
    { params, query }: { readonly params: P; readonly query: Q },
    folder: SpoolFolder,
    admission: Admission.Admission
  ) => {
    const { handOver, releaseOwned } = makeOwnership(folder)
    const receive = RequestBody.receive(source, request, {
      ...reception,
      ...{ folder, files: accepted },
      mayUpload: (fields: Fields) => Effect.zipRight(admission.early(fields), mayUpload(params, fields))
    })
    const received = Effect.catchAllCause(
      admission.around(syncsFiles ? receive : Effect.zipLeft(receive, folder.settle)),
      (cause) => Effect.tapError(Effect.failCause(cause), () => Effect.zipRight(folder.release, source.drain))
    )
    return Effect.flatMap(endpoint.body === "none" ? Effect.succeed({}) : received, (members) => {
      const body = decodeBody(endpoint.request, members)
      if (Either.isLeft(body)) return Effect.fail(body.left)
      return run({ request, params, query, body: body.right, ip: clientAddress, folder, handOver })
    }).pipe(Effect.onExit((outcome) => Effect.zipRight(admission.settle(outcome), releaseOwned)))
  }
}

/** Answers with the response that `run` makes. */
export const respondWith = <P, PI, Q, QI, B, BI, A, AI>(
  endpoint: Endpoint<P, PI, Q, QI, B, BI, A, AI>,
  work: Work<P, Q, B, AnyResponse>
): Effect.Effect<Handler, never, Reception> =>
  Effect.map(Reception, (reception) => {
    const proof = Option.fromNullable(work.proof)
    const answer = makeAnswer(endpoint, work, reception)

    // Runners call all the time, so these are few steps.
    const admitted = (incoming: Incoming): ReturnType<Handler> => {
      const params = Parameters.ofPath(endpoint.params, incoming.params)
      if (Either.isLeft(params)) return Effect.fail(params.left)
      const query = Parameters.ofQuery(endpoint.query, incoming.request)
      if (Either.isLeft(query)) return Effect.fail(query.left)
      const decoded = { params: params.right, query: query.right }
      return Effect.flatMap(reception.rateLimit.count(endpoint, incoming.clientAddress), (visit) => {
        const admission = Admission.make(
          visit,
          Option.map(proof, (prove) => prove(decoded.params))
        )
        return Effect.flatMap(reception.spool.folder, (folder) => answer(incoming, decoded, folder, admission))
      })
    }

    return (incoming) => {
      const { clientAddress, request } = incoming
      return isOfRunners(endpoint)
        ? Effect.suspend(() => admitted(incoming))
        : Effect.flatMap(authorize(endpoint, reception, request, clientAddress), () => admitted(incoming))
    }
  })

/** Answers with the document that `run` makes, or without a body if the endpoint's status is 204. */
export const respondWithDocument = <P, PI, Q, QI, B, BI, A, AI>(
  endpoint: Endpoint<P, PI, Q, QI, B, BI, A, AI>,
  { run, ...work }: Work<P, Q, B, A>
): Effect.Effect<Handler, never, Reception> => {
  const encode = encoderOf(endpoint.response.ast)
  return respondWith(endpoint, {
    ...work,
    run: (call) => Effect.map(run(call), (answer) => plainOf(endpoint)(encode(answer)))
  })
}

const plainOf =
  ({ status }: { readonly status: 200 | 204 }) =>
  (encoded: unknown): PlainResponse => {
    if (status === 204) {
      const headers = { "cache-control": "no-store" }
      return { _tag: "PlainResponse", status, statusText: "No Content", headers, body: null }
    }
    const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }
    return { _tag: "PlainResponse", status, statusText: "OK", headers, body: JSON.stringify(encoded) }
  }

/** The response with an encoded document. */
export const documentOf =
  (endpoint: { readonly status: 200 | 204 }) =>
  (encoded: unknown): Response =>
    toResponse(plainOf(endpoint)(encoded))
