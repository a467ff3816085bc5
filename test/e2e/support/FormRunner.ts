import { readFile } from "node:fs/promises"
import { assert } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { type Answer, request } from "./Api.ts"

const R = "/api/v1/runners"

const Registered = Schema.parseJson(Schema.Struct({ runnerToken: Schema.String }))
const Available = Schema.parseJson(Schema.Struct({ availableJobs: Schema.Array(Schema.Struct({ uuid: Schema.UUID })) }))
const Accepted = Schema.parseJson(
  Schema.Struct({ job: Schema.Struct({ type: Schema.String, jobToken: Schema.String, payload: Schema.Unknown }) })
)
const Output = Schema.Struct({ output: Schema.Struct({ resolution: Schema.Int }) })

/** The form fields of a result, by the names in the payload. */
type Payload = Readonly<Record<string, string | Blob>>

/** A job that the runner has accepted. */
export interface LeasedJob {
  readonly type: string
  readonly payload: unknown
  /** The requested resolution. 0 for a job without one. */
  readonly resolution: number
  /** The content of an input file. */
  readonly download: (url: string) => Effect.Effect<Buffer>
  readonly update: (payload: Payload) => Effect.Effect<void>
  readonly succeed: (payload: Payload) => Effect.Effect<void>
}

/** A file of a result, read into memory. */
export const fileOf = (path: string, name: string): Effect.Effect<File> =>
  Effect.promise(async () => new File([new Uint8Array(await readFile(path))], name))

const resolutionOf = (payload: unknown): number =>
  Option.match(Schema.decodeUnknownOption(Output)(payload), {
    onNone: () => 0,
    onSome: (known) => known.output.resolution
  })

/** A runner whose jobs the test does. */
export const register = (url: string, registrationToken: string, name = "by hand") =>
  Effect.gen(function* () {
    const post = (address: string, body: object) =>
      request(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body)
      })
    const call = (path: string, body: object) => post(url + R + path, body)
    const ask = <A, I>(schema: Schema.Schema<A, I>, answer: Answer) => {
      assert.strictEqual(answer.status, 200, answer.text)
      return Schema.decodeUnknownSync(schema)(answer.text as I)
    }
    const me = { name, version: "0.4.0", registrationToken }
    const { runnerToken } = ask(Registered, yield* call("/register", me))

    /** The best jobs, of all types or of these. */
    const available = (jobTypes?: ReadonlyArray<string>) =>
      Effect.map(call("/jobs/request", { runnerToken, jobTypes }), (answer) => ask(Available, answer).availableJobs)

    const accept = (uuid: string): Effect.Effect<LeasedJob> =>
      Effect.gen(function* () {
        const { jobToken, payload, type } = ask(Accepted, yield* call(`/jobs/${uuid}/accept`, { runnerToken })).job
        const send = (what: "update" | "success") => (payload: Payload) =>
          Effect.gen(function* () {
            const body = new FormData()
            for (const [name, value] of Object.entries({ jobToken, runnerToken })) body.append(name, value)
            for (const [name, value] of Object.entries(payload)) body.append(`payload[${name}]`, value)
            const answer = yield* request(`${url}${R}/jobs/${uuid}/${what}`, { method: "POST", body })
            assert.strictEqual(answer.status, 204, answer.text)
          })
        const download = (address: string) =>
          Effect.map(post(address, { runnerToken, jobToken }), ({ bytes, status, text }) => {
            assert.strictEqual(status, 200, text)
            return bytes
          })
        const actions = { download, update: send("update"), succeed: send("success") }
        return { type, payload, resolution: resolutionOf(payload), ...actions }
      })

    /** Accepts the only job of a type. */
    const take = (type: string) =>
      Effect.flatMap(available([type]), (jobs) => {
        assert.lengthOf(jobs, 1, type)
        return accept(String(jobs[0]?.uuid))
      })
    /** Accepts the best job of any type. */
    const takeNext = Effect.flatMap(available(), ([best]) =>
      best === undefined ? Effect.succeedNone : Effect.asSome(accept(best.uuid))
    )
    /** Asks for jobs of these types, so that the server learns what this runner can do. */
    const canDo = (jobTypes: ReadonlyArray<string>) => call("/jobs/request", { runnerToken, jobTypes })
    return { take, takeNext, canDo }
  })
