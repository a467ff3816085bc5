import { Ids } from "@runner-connector/core"
import { type RunnerCalls, RunnerRefused, type TestClaim, type TestPayload } from "@runner-connector/core/testing"
import { Effect, Schema } from "effect"
import { Endpoints } from "../endpoints.ts"
import { type AnyEndpoint, pathOf } from "../http/Endpoint.ts"

/** Sends a request to the server under test. */
export type TestFetch = (request: Request) => Promise<Response>

/** The version of the simulated runner program. */
const VERSION = "0.4.0"

/** Requests need an origin, although no network is used. */
const ORIGIN = "http://runner.test"

const Problem = Schema.parseJson(Schema.Struct({ detail: Schema.String, code: Schema.optional(Schema.String) }))

const refusal = (call: string, status: number, text: string): RunnerRefused => {
  const problem = Schema.decodeUnknownOption(Problem)(text)
  return problem._tag === "None"
    ? new RunnerRefused({ call, code: String(status), reason: text })
    : new RunnerRefused({ call, code: problem.value.code ?? String(status), reason: problem.value.detail })
}

const formOf = (fields: Readonly<Record<string, string>>, payload: TestPayload = {}): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  // Tokens come before files, as in real runners.
  const parts = Object.entries(payload)
  for (const [name, value] of parts) if (typeof value === "string") form.set(`payload[${name}]`, value)
  for (const [name, value] of parts) {
    if (typeof value === "string") continue
    const { bytes, contentType, filename } = value
    form.set(`payload[${name}]`, new File([bytes.slice()], filename, { type: contentType }), filename)
  }
  return form
}

const makeSend =
  (fetch: TestFetch) =>
  (endpoint: AnyEndpoint, body: object | FormData, id = ""): Effect.Effect<string, RunnerRefused> =>
    Effect.gen(function* () {
      const isForm = body instanceof FormData
      const request = new Request(ORIGIN + pathOf(endpoint, { jobUUID: id }), {
        method: endpoint.method,
        headers: isForm ? {} : { "content-type": "application/json" },
        body: isForm ? body : JSON.stringify(body)
      })
      const response = yield* Effect.promise(() => fetch(request))
      const text = yield* Effect.promise(() => response.text())
      return response.status === endpoint.status
        ? text
        : yield* Effect.fail(refusal(endpoint.name, response.status, text))
    })

const decode = <A, I>(schema: Schema.Schema<A, I>) =>
  Effect.flatMap((text: string) => Effect.orDie(Schema.decodeUnknown(Schema.parseJson(schema))(text)))

const Registered = Schema.Struct({ runnerToken: Schema.String })
const Available = Schema.Struct({ availableJobs: Schema.Array(Schema.Struct({ uuid: Ids.JobId })) })
const Accepted = Schema.Struct({ job: Schema.Struct({ uuid: Ids.JobId, jobToken: Schema.String }) })

/** Calls of a runner over HTTP: the same requests that runner programs send, to a handler without a network. */
export const httpCalls = (fetch: TestFetch): RunnerCalls["Type"] => {
  const send = makeSend(fetch)
  const tokens = ({ jobToken, runnerToken }: TestClaim) => ({ jobToken, runnerToken })
  return {
    register: (registration) =>
      send(Endpoints.register, { ...registration, version: VERSION }).pipe(
        decode(Registered),
        Effect.map(({ runnerToken }) => runnerToken)
      ),
    request: (runnerToken, jobTypes) =>
      send(Endpoints.request, { runnerToken, version: VERSION, jobTypes }).pipe(
        decode(Available),
        Effect.map(({ availableJobs }) => availableJobs.map(({ uuid }) => uuid))
      ),
    accept: (runnerToken, id) =>
      send(Endpoints.accept, { runnerToken }, id).pipe(
        decode(Accepted),
        Effect.map(({ job }) => ({ id: job.uuid, runnerToken, jobToken: job.jobToken }))
      ),
    update: (claim, { payload, progress }) => {
      const fields = { ...tokens(claim), ...(progress === undefined ? {} : { progress: String(progress) }) }
      return Effect.asVoid(send(Endpoints.update, formOf(fields, payload), claim.id))
    },
    success: (claim, payload) => Effect.asVoid(send(Endpoints.success, formOf(tokens(claim), payload), claim.id)),
    error: (claim, message) => Effect.asVoid(send(Endpoints.error, { ...tokens(claim), message }, claim.id)),
    abort: (claim, reason) => Effect.asVoid(send(Endpoints.abort, { ...tokens(claim), reason }, claim.id))
  }
}
