import { assert } from "@effect/vitest"
import { Effect, Schema, type Scope } from "effect"
import { dial, exchange, type RawAnswer, type RawConnection } from "./rawTcp.ts"
import {
  downloadMessage,
  formMessage,
  type JobTokens,
  jsonMessage,
  type Part,
  type RecordedRunner,
  tokenParts,
  upgradeMessage
} from "./recordedRunners.ts"
import { until } from "./waiting.ts"
import { frame, framesOf } from "./webSocket.ts"

const R = "/api/v1/runners"

const Registered = Schema.parseJson(Schema.Struct({ id: Schema.Int, runnerToken: Schema.String }))

/** The requested files depend on the job type. */
const Payload = Schema.Record({ key: Schema.String, value: Schema.Unknown })
const Input = Schema.Struct({ input: Schema.Struct({ videoFileUrl: Schema.String }) })

const Available = Schema.parseJson(
  Schema.Struct({
    availableJobs: Schema.Array(Schema.Struct({ uuid: Schema.UUID, type: Schema.String, payload: Payload }))
  })
)

const Accepted = Schema.parseJson(
  Schema.Struct({
    job: Schema.Struct({ uuid: Schema.UUID, type: Schema.String, jobToken: Schema.String, payload: Payload })
  })
)

/** A job that the runner has leased. */
export interface HeldJob extends JobTokens {
  readonly uuid: string
  readonly type: string
  readonly payload: typeof Payload.Type
}

/** The download URL of the video. */
export const videoFileUrl = ({ payload }: HeldJob): string =>
  Schema.decodeUnknownSync(Input)(payload).input.videoFileUrl

export const expect = (answer: RawAnswer | undefined, status: number): string => {
  assert.isDefined(answer)
  assert.strictEqual(answer.status, status, answer.text)
  return answer.text
}

/** The client side of the protocol, in the bytes of a recorded version. */
export const make = (runner: RecordedRunner, port: number) => {
  const host = `127.0.0.1:${port}`
  const post = (path: string, document: object) => exchange(port, jsonMessage(runner, R + path, host, document))
  const postForm = (path: string, parts: ReadonlyArray<Part>) =>
    exchange(port, formMessage(runner, R + path, host, parts))
  return {
    runner,
    post,
    register: (token: string) =>
      Effect.map(post("/register", runner.register(token)), (answer) =>
        Schema.decodeUnknownSync(Registered, { onExcessProperty: "error" })(expect(answer, 200))
      ),
    unregister: (runnerToken: string) => post("/unregister", { runnerToken }),
    request: (runnerToken: string, jobTypes?: ReadonlyArray<string>) =>
      Effect.map(
        post("/jobs/request", runner.request(runnerToken, jobTypes)),
        (answer) =>
          Schema.decodeUnknownSync(Available, { onExcessProperty: "error" })(expect(answer, 200)).availableJobs
      ),
    accept: (uuid: string, runnerToken: string) =>
      Effect.map(post(`/jobs/${uuid}/accept`, { runnerToken }), (answer): HeldJob => {
        const { job } = Schema.decodeUnknownSync(Accepted)(expect(answer, 200))
        return { ...job, runnerToken }
      }),
    /** Uses a connection that is kept for the next download. */
    download: (connection: RawConnection, job: HeldJob, url = videoFileUrl(job)) =>
      Effect.gen(function* () {
        const { pathname, host: named } = new URL(url)
        assert.strictEqual(named, host)
        yield* connection.write(downloadMessage(pathname, host, job))
        return yield* connection.answer
      }),
    update: (job: HeldJob, report: ReadonlyArray<Part> = runner.firstReport(job.type)) =>
      postForm(`/jobs/${job.uuid}/update`, [...report, ...tokenParts(job)]),
    succeed: (job: HeldJob, result: ReadonlyArray<Part>) =>
      postForm(`/jobs/${job.uuid}/success`, [...tokenParts(job), ...result]),
    /** Reports live segments. Unlike progress, the payload follows the tokens. */
    report: (job: HeldJob, payload: ReadonlyArray<Part>) =>
      postForm(`/jobs/${job.uuid}/update`, [...tokenParts(job), ...payload]),
    /** Uploads a file to its own URL. */
    bring: (url: string, file: Part) => {
      const { pathname, search } = new URL(url)
      return exchange(port, formMessage(runner, pathname + search, host, [file], "PUT"))
    },
    successMessage: (job: HeldJob, result: ReadonlyArray<Part>) =>
      formMessage(runner, `${R}/jobs/${job.uuid}/success`, host, [...tokenParts(job), ...result]),
    abort: ({ jobToken, runnerToken, uuid }: HeldJob, reason: string) =>
      post(`/jobs/${uuid}/abort`, { reason, jobToken, runnerToken }),
    fail: ({ jobToken, runnerToken, uuid }: HeldJob, message: string) =>
      post(`/jobs/${uuid}/error`, { message, jobToken, runnerToken })
  }
}

export type ScriptedRunner = ReturnType<typeof make>

/** Opens a socket as the runner does. Returns the received frames. */
export const openSocket = (
  runner: RecordedRunner,
  port: number,
  runnerToken: string
): Effect.Effect<
  { readonly frames: Effect.Effect<ReadonlyArray<string>>; readonly close: Effect.Effect<void> },
  never,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const connection = yield* dial(port)
    yield* connection.write(upgradeMessage(runner, `127.0.0.1:${port}`))
    expect(yield* connection.answer, 101)
    const frames = Effect.map(connection.rest, framesOf)
    const [open] = yield* until("the socket is open", frames, (seen) => seen.length > 0)
    assert.match(String(open), /^0\{"sid":"[\w-]+","upgrades":\[\],"pingInterval":25000,"pingTimeout":20000,/)
    yield* connection.write(frame(`40/runners,{"runnerToken":"${runnerToken}"}`))
    yield* until("the namespace is open", frames, (seen) => /^40\/runners,\{"sid":"[\w-]+"\}$/.test(String(seen[1])))
    const close = Effect.gen(function* () {
      yield* connection.write(frame("41/runners,"))
      yield* connection.write(frame("", 8))
      yield* until("the server has hung up", connection.hungUp, (hungUp) => hungUp)
    })
    return { frames, close }
  })
