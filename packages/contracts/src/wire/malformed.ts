import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { aHeldJob, stored } from "./arrange.ts"
import { assertProblem, boundary, formType, R, type RequestOptions, request, send } from "./client.ts"
import type { WireCases } from "./WireServer.ts"
import { MAX_JSON_SIZE } from "./world.ts"

const json = { "content-type": "application/json" }
const deep = (levels: number): string => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`
const bytes = (...parts: ReadonlyArray<string | ReadonlyArray<number>>): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)))

/** Bodies that every endpoint rejects. */
const bodies: ReadonlyArray<readonly [what: string, status: number, options: RequestOptions]> = [
  ["no body at all", 400, {}],
  ["an empty document", 400, { headers: json, body: "" }],
  ["half a document", 400, { headers: json, body: '{"runnerToken":' }],
  ["text that is no JSON", 400, { headers: json, body: "runnerToken=1" }],
  ["a list", 400, { headers: json, body: "[]" }],
  ["a text", 400, { headers: json, body: '"runnerToken"' }],
  ["a number", 400, { headers: json, body: "12" }],
  ["null", 400, { headers: json, body: "null" }],
  ["true", 400, { headers: json, body: "true" }],
  ["bytes that are not UTF-8", 400, { headers: json, body: bytes('{"runnerToken":"', [0xc3, 0x28, 0xff], '"}') }],
  ["deep nesting", 400, { headers: json, body: deep(100) }],
  ["very deep nesting", 400, { headers: json, body: deep(30_000) }],
  ["an inherited property name", 400, { headers: json, body: '{"__proto__":{"runnerToken":"x"}}' }],
  ["a nested inherited property name", 400, { headers: json, body: '{"payload":{"__proto__":{"a":1}}}' }],
  ["tokens that are not strings", 400, { headers: json, body: '{"runnerToken":{"a":1},"jobToken":[]}' }],
  ["tokens with NUL", 400, { headers: json, body: '{"runnerToken":"a\\u0000","jobToken":"b\\u0000"}' }],
  ["tokens with a lone surrogate", 400, { headers: json, body: '{"runnerToken":"\\ud800","jobToken":"\\udfff"}' }],
  ["a document too large", 413, { headers: json, body: `{"a":"${"x".repeat(MAX_JSON_SIZE)}"}` }],
  ["no content type", 415, { body: bytes("{}") }],
  ["an invalid content type", 415, { headers: { "content-type": "json" }, body: "{}" }],
  ["text", 415, { headers: { "content-type": "text/plain" }, body: "{}" }],
  ["a URL-encoded form", 415, { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=b" }],
  ["another multipart type", 415, { headers: { "content-type": `multipart/mixed; boundary=${boundary}` }, body: "x" }],
  ["a compressed body", 415, { headers: { ...json, "content-encoding": "gzip" }, body: "{}" }],
  ["a form without boundary", 400, { headers: { "content-type": "multipart/form-data" }, body: "x" }],
  [
    "a form with an empty boundary",
    400,
    { headers: { "content-type": 'multipart/form-data; boundary=""' }, body: "x" }
  ],
  ["a body that is not a form", 400, { headers: { "content-type": formType() }, body: "hello" }],
  ["an endless preamble", 400, { headers: { "content-type": formType() }, body: "x".repeat(100_000) }],
  ["a form without parts", 400, { headers: { "content-type": formType() }, body: `--${boundary}--\r\n` }],
  [
    "a part without headers",
    400,
    { headers: { "content-type": formType() }, body: `--${boundary}\r\n\r\nx\r\n--${boundary}--` }
  ],
  [
    "a part with incomplete headers",
    400,
    { headers: { "content-type": formType() }, body: `--${boundary}\r\nContent-Disp` }
  ],
  [
    "a field that is not UTF-8",
    400,
    {
      headers: { "content-type": formType() },
      body: bytes(
        `--${boundary}\r\nContent-Disposition: form-data; name="runnerToken"\r\n\r\n`,
        [0xff],
        `\r\n--${boundary}--`
      )
    }
  ],
  [
    "a malformed file name",
    400,
    {
      headers: { "content-type": formType() },
      body: `--${boundary}\r\nContent-Disposition: form-data; name="a"; filename*=UTF-8''%ZZ\r\n\r\nx\r\n--${boundary}--`
    }
  ]
]

/** Path segments that are not job ids. */
const names = [
  "..",
  "%2e%2e",
  "..%2f..%2fetc%2fpasswd",
  "%2F",
  "%5c..%5c",
  "%00",
  "%",
  "%zz",
  "%ff",
  "%25%32%65",
  "null",
  "-1",
  "1",
  "x".repeat(8000),
  "00000000-0000-4000-8000-00000000000g",
  "{00000000-0000-4000-8000-000000000000}",
  "__proto__",
  "constructor",
  "🦦",
  "'; DROP TABLE runner_job; --"
]

const endpoints = ["accept", "abort", "update", "error", "success"]

export const malformedCases: WireCases = (it) => {
  for (const [what, status, options] of bodies) {
    it.effect(`every endpoint rejects ${what}`, () =>
      Effect.gen(function* () {
        const { id, path, videoId } = yield* aHeldJob()
        const before = yield* stored(id)
        const paths = [
          `${R}/register`,
          `${R}/unregister`,
          `${R}/jobs/request`,
          ...endpoints.map((name) => `${path}/${name}`),
          `${path}/files/videos/${videoId}/max-quality`,
          `${path}/files/videos/${videoId}/max-quality/audio`,
          `${path}/files/videos/${videoId}/previews/max-quality`
        ]
        for (const one of paths) assertProblem(yield* send(() => request(one, options)), status)
        deepStrictEqual(yield* stored(id), before)
      })
    )
  }

  for (const name of names) {
    it.effect(`every endpoint rejects the job id ${name.slice(0, 60)}`, () =>
      Effect.gen(function* () {
        const { tokens } = yield* aHeldJob()
        const body = JSON.stringify({ ...tokens, reason: "x", message: "x" })
        for (const endpoint of endpoints) {
          const answer = yield* send(() => request(`${R}/jobs/${name}/${endpoint}`, { headers: json, body }))
          assert.include([400, 404, 414, 431], answer.status, `${endpoint}: ${answer.text}`)
          if (answer.status < 410) assertProblem(answer, answer.status)
        }
      })
    )
  }
}
