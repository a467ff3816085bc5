import { pathnameOf } from "./matchPath.ts"
import type { ProblemCode, ProblemDocument } from "./ProblemDocument.ts"
import type { InvalidParameter } from "./ProtocolErrors.ts"
import { reasons, type Status } from "./statuses.ts"

/** A refusal as clients see it. */
export interface Problem {
  readonly status: Status
  /** A sentence for people. Never contains values of the request. */
  readonly detail: string
  readonly code?: ProblemCode
  readonly invalid?: ReadonlyArray<InvalidParameter>
  readonly headers?: Readonly<Record<string, string>>
}

const DOCS = "https://docs.joinpeertube.org/api-rest-reference.html#section/Errors/"

const parameterDocument = ({ location, msg, path }: InvalidParameter) => ({
  type: "field" as const,
  msg,
  path,
  location
})

/** The document of the problem. `instance` is the path of the request, for problems with parameters. */
export const documentOf = ({ code, detail, invalid, status }: Problem, instance?: string): ProblemDocument => ({
  ...(code === undefined ? { type: "about:blank", title: reasons[status] } : { type: `${DOCS}${code}`, code }),
  status,
  detail,
  error: detail,
  ...(invalid === undefined
    ? {}
    : {
        instance,
        "invalid-params": Object.fromEntries(invalid.map((one) => [one.path, parameterDocument(one)]))
      })
})

/** The media type of problem documents. */
export const problemMediaType = "application/problem+json"

/** Returns the problem as a response to the request. */
export const problemResponse = (problem: Problem, request: Request): Response =>
  new Response(request.method === "HEAD" ? null : JSON.stringify(documentOf(problem, pathnameOf(request))), {
    status: problem.status,
    // Runners report the reason phrase of a failed download as the error of the job.
    statusText: reasons[problem.status],
    headers: {
      "content-type": problemMediaType,
      "cache-control": "no-store",
      ...problem.headers
    }
  })
