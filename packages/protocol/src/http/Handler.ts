import type { AdminAccess, ConnectorConfig } from "@runner-connector/core"
import { Effect, Fiber, Option, Schema } from "effect"
import type { BodySource } from "../body/BodySource.ts"
import type { Fields } from "../body/FormFields.ts"
import * as RequestBody from "../body/RequestBody.ts"
import type { Spool, SpoolFolder } from "../body/Spool.ts"
import * as Admission from "./Admission.ts"
import { bearerOf } from "./bearerOf.ts"
import type { Endpoint } from "./Endpoint.ts"
import * as Parameters from "./Parameters.ts"
import type { WireError } from "./Problem.ts"
import type { RateLimit } from "./RateLimit.ts"

/** A request for an endpoint that is known already. */
export interface Incoming {
  readonly request: Request
  readonly source: BodySource
  /** As they stand in the path, percent-encoded. */
  readonly params: Readonly<Record<string, string>>
  readonly clientAddress: Option.Option<string>
}

/** Answers the requests for one endpoint. */
export type Handler = (incoming: Incoming) => Effect.Effect<Response, WireError>

/** A request that is what its endpoint asks for. */
export interface Call<Params, Query, Body> {
  readonly request: Request
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly ip: Option.Option<string>
  /** Where the uploaded files are. */
  readonly folder: SpoolFolder
  /**
   * Hands the uploaded files over: the work goes on when the client hangs up, and removes them by `release`. Without
   * this they are removed with the answer.
   */
  readonly handOver: <A>(
    work: (release: Effect.Effect<void>) => Effect.Effect<A, WireError>
  ) => Effect.Effect<A, WireError>
}

/** What all handlers need to receive a request. */
export interface Reception {
  readonly spool: Spool
  readonly config: Pick<ConnectorConfig.ConnectorSettings, "maxJsonSize" | "maxFileSize">
  readonly access: AdminAccess.Access
  readonly rateLimit: RateLimit
}

type Work<Params, Query, Body, Answer> = {
  /** See `FormRules.mayUpload`; needed by endpoints that take files. */
  readonly mayUpload?: (params: Params, fields: Fields) => Effect.Effect<boolean, WireError>
  /** What proves a runner, where its body does not name it; fails when it proves nothing. */
  readonly proof?: (params: Params) => Effect.Effect<unknown, WireError>
  readonly run: (call: Call<Params, Query, Body>) => Effect.Effect<Answer, WireError>
}

/** Answers with whatever response the work makes. */
export const responding =
  <P, PI, Q, QI, B, BI, A, AI>(
    reception: Reception,
    endpoint: Endpoint<P, PI, Q, QI, B, BI, A, AI>,
    { mayUpload = () => Effect.succeed(true), proof, run }: Work<P, Q, B, Response>
  ): Handler =>
  (incoming) =>
    Effect.gen(function* () {
      const { clientAddress, request, source } = incoming
      if (endpoint.admin) yield* reception.access.check(bearerOf(request))
      const params = yield* Parameters.ofPath(endpoint.params, incoming.params)
      const query = yield* Parameters.ofQuery(endpoint.query, request)
      const excess = yield* reception.rateLimit.count(endpoint, clientAddress)
      const admission = Admission.make(
        excess,
        Option.map(Option.fromNullable(proof), (prove) => prove(params))
      )
      const folder = yield* reception.spool.folder
      let isHandedOver = false

      const handOver: Call<P, Q, B>["handOver"] = (work) =>
        Effect.uninterruptibleMask((restore) => {
          isHandedOver = true
          const begun = Effect.forkDaemon(Effect.interruptible(work(folder.release)))
          return Effect.flatMap(begun, (fiber) => restore(Fiber.join(fiber)))
        })

      const receive = RequestBody.receive(source, request, {
        ...reception,
        folder,
        files: new Set(endpoint.files),
        mayUpload: (fields: Fields) => Effect.zipRight(admission.early(fields), mayUpload(params, fields))
      }).pipe(
        admission.around,
        Effect.tapError(() => Effect.zipRight(folder.release, source.drain))
      )

      const handle = Effect.gen(function* () {
        const body = yield* Parameters.ofBody(endpoint.request, endpoint.body === "none" ? {} : yield* receive)
        return yield* run({ request, params, query, body, ip: clientAddress, folder, handOver })
      })
      return yield* Effect.ensuring(
        handle,
        Effect.suspend(() => (isHandedOver ? Effect.void : folder.release))
      )
    })

/** Answers with the document that the work makes, or with nothing where the endpoint has nothing to say. */
export const documenting = <P, PI, Q, QI, B, BI, A, AI>(
  reception: Reception,
  endpoint: Endpoint<P, PI, Q, QI, B, BI, A, AI>,
  { run, ...work }: Work<P, Q, B, A>
): Handler => {
  const encode = Schema.encode(endpoint.response)
  return responding(reception, endpoint, {
    ...work,
    run: (call) => Effect.flatMap(run(call), (answer) => Effect.map(Effect.orDie(encode(answer)), document(endpoint)))
  })
}

const document =
  ({ status }: { readonly status: 200 | 204 }) =>
  (encoded: unknown): Response =>
    status === 204
      ? new Response(null, { status, statusText: "No Content", headers: { "cache-control": "no-store" } })
      : new Response(JSON.stringify(encoded), {
          status,
          statusText: "OK",
          headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }
        })
