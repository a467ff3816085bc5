import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { endpoints } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import { Journal } from "./Journal.ts"
import { WireServer } from "./WireServer.ts"
import { adminToken, origin } from "./world.ts"

/** A completely read answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  readonly text: string
}

export const R = "/api/v1/runners"

/** A boundary as the real runner generates it. */
export const boundary = "--------------------------072772f57c56cd9046cd096d"

const encoder = new TextEncoder()

/** The endpoint of a request. The one with the longest literal path wins. */
const askedBy = (request: Request): string | undefined => {
  const { pathname } = new URL(request.url)
  const fits = endpoints.filter(
    ({ method, path }) =>
      method === request.method && new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}/?$`).test(pathname)
  )
  return fits.sort((a, b) => a.path.split(":").length - b.path.split(":").length)[0]?.name
}

/** Sends the request. A refusal must not expose any known or sent secret. */
export const send = (make: () => Request): Effect.Effect<Answer, never, WireServer | Journal> =>
  Effect.gen(function* () {
    const server = yield* WireServer
    const { answers, secrets } = yield* Journal
    const request = make()
    const asked = askedBy(request)
    const response = yield* server.send(request)
    if (asked !== undefined) answers.add(`${asked} ${response.status}`)
    const bytes = new Uint8Array(yield* Effect.promise(() => response.arrayBuffer()))
    const text = new TextDecoder().decode(bytes)
    if (response.status >= 400) {
      const shown = `${text}${JSON.stringify([...response.headers])}`
      assert.isUndefined(secrets.shownIn(shown), shown)
    }
    return { status: response.status, headers: response.headers, bytes, text }
  })

export interface RequestOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: Uint8Array | string | undefined
}

export const request = (path: string, { body, headers, method = "POST" }: RequestOptions = {}): Request =>
  new Request(origin + path, {
    method,
    headers: headers ?? {},
    ...(body === undefined ? {} : { body: typeof body === "string" ? encoder.encode(body) : body.slice() })
  })

/** A POST with a JSON document. */
export const postJson = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(() =>
    request(path, {
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify(body)
    })
  )

/** A request by the administrator, or with the given token. */
export const administer = (
  method: string,
  path: string,
  { body, headers }: Omit<RequestOptions, "method"> = {}
): Effect.Effect<Answer, never, WireServer | Journal> =>
  send(() => request(path, { method, body, headers: { authorization: `Bearer ${adminToken}`, ...headers } }))

/** A form part: text, or bytes with a file name. */
export type Part =
  | readonly [name: string, text: string]
  | readonly [name: string, bytes: Uint8Array | string, filename: string, contentType: string]

/** The form, byte for byte as the real runner writes it. */
export const formBytes = (parts: ReadonlyArray<Part>, by = boundary): Uint8Array => {
  const pieces = parts.flatMap(([name, content, filename, contentType]) => {
    const file = filename === undefined ? "" : `; filename="${filename}"\r\nContent-Type: ${contentType}`
    const head = `--${by}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`
    return [
      encoder.encode(head),
      typeof content === "string" ? encoder.encode(content) : content,
      encoder.encode("\r\n")
    ]
  })
  return Uint8Array.from(Buffer.concat([...pieces, encoder.encode(`--${by}--\r\n`)]))
}

export const formType = (by = boundary): string => `multipart/form-data; boundary=${by}`

/** A POST with a form. */
export const postForm = (path: string, parts: ReadonlyArray<Part>) =>
  send(() =>
    request(path, { headers: { "content-type": formType(), accept: "application/json" }, body: formBytes(parts) })
  )

/** The document of a successful answer. */
export const documentOf = <A, I>(answer: Answer, schema: Schema.Schema<A, I>): A => {
  assert.strictEqual(answer.status, 200, answer.text)
  assert.strictEqual(answer.headers.get("content-type"), "application/json; charset=utf-8")
  assert.strictEqual(answer.headers.get("cache-control"), "no-store")
  return Schema.decodeUnknownSync(schema, { onExcessProperty: "error" })(JSON.parse(answer.text))
}

/** Asserts success without a body. */
export const assertDone = (answer: Answer): void => {
  assert.strictEqual(answer.status, 204, answer.text)
  assert.strictEqual(answer.text, "")
}

/** Members of a problem document besides status and code. */
export const assertProblem = (answer: Answer, status: number, code?: string): void => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
  const problem: Record<string, unknown> = JSON.parse(answer.text)
  assert.strictEqual(problem.status, status)
  assert.strictEqual(problem.code, code, answer.text)
  assert.isString(problem.detail)
  assert.notStrictEqual(problem.detail, "")
  assert.strictEqual(problem.error, problem.detail)
  if (code === undefined) {
    assert.strictEqual(problem.type, "about:blank")
    assert.isString(problem.title)
  } else {
    assert.strictEqual(problem.type, `https://docs.joinpeertube.org/api-rest-reference.html#section/Errors/${code}`)
    assert.isFalse("title" in problem)
  }
}

/** Returns the parameters that a refusal names. */
export const invalidParams = (answer: Answer): ReadonlyArray<string> => {
  const problem = JSON.parse(answer.text)
  for (const [name, one] of Object.entries<Record<string, unknown>>(problem["invalid-params"])) {
    deepStrictEqual(Object.keys(one).sort(), ["location", "msg", "path", "type"], name)
  }
  return Object.keys(problem["invalid-params"]).sort()
}
