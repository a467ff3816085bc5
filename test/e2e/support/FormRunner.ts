import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { type Answer, request } from "./Api.ts"

const R = "/api/v1/runners"

const Registered = Schema.parseJson(Schema.Struct({ runnerToken: Schema.String }))
const Available = Schema.parseJson(Schema.Struct({ availableJobs: Schema.Array(Schema.Struct({ uuid: Schema.UUID })) }))
const Accepted = Schema.parseJson(Schema.Struct({ job: Schema.Struct({ jobToken: Schema.String }) }))

/** The form fields of a result, by the names in the payload. */
type Payload = Readonly<Record<string, string | Blob>>

/** A runner for tests that only need prepared results. */
export const register = (url: string, registrationToken: string, name = "by hand") =>
  Effect.gen(function* () {
    const post = (path: string, body: object) =>
      request(url + R + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body)
      })
    const ask = <A, I>(schema: Schema.Schema<A, I>, answer: Answer) => {
      assert.strictEqual(answer.status, 200, answer.text)
      return Schema.decodeUnknownSync(schema)(answer.text as I)
    }
    const me = { name, version: "0.4.0", registrationToken }
    const { runnerToken } = ask(Registered, yield* post("/register", me))

    /** Accepts the only job of a type. */
    const take = (type: string) =>
      Effect.gen(function* () {
        const { availableJobs } = ask(Available, yield* post("/jobs/request", { runnerToken, jobTypes: [type] }))
        assert.lengthOf(availableJobs, 1, type)
        const uuid = String(availableJobs[0]?.uuid)
        const { jobToken } = ask(Accepted, yield* post(`/jobs/${uuid}/accept`, { runnerToken })).job
        const send = (what: "update" | "success", payload: Payload) =>
          Effect.gen(function* () {
            const body = new FormData()
            for (const [name, value] of Object.entries({ jobToken, runnerToken })) body.append(name, value)
            for (const [name, value] of Object.entries(payload)) body.append(`payload[${name}]`, value)
            const answer = yield* request(`${url}${R}/jobs/${uuid}/${what}`, { method: "POST", body })
            assert.strictEqual(answer.status, 204, answer.text)
          })
        return {
          update: (payload: Payload) => send("update", payload),
          succeed: (payload: Payload) => send("success", payload)
        }
      })
    /** Asks for jobs of these types, so that the server learns what this runner can do. */
    const canDo = (jobTypes: ReadonlyArray<string>) => post("/jobs/request", { runnerToken, jobTypes })
    return { take, canDo }
  })
