import type { RunnerJob } from "@runner-connector/core"
import { Effect, Option } from "effect"
import { aRegistrationToken, noOtherJobs } from "../arrange.ts"
import { postJson, R } from "../client.ts"
import { keepSecret } from "../Journal.ts"
import { type Held, LOST_RACE, malformedIds, type Row, UNKNOWN_RUNNER } from "./Row.ts"
import { put } from "./situations.ts"

const registering =
  (change: object): Row["ask"] =>
  () =>
    Effect.flatMap(aRegistrationToken, (registrationToken) =>
      Effect.tap(
        postJson(`${R}/register`, { name: crypto.randomUUID(), registrationToken, ...change }),
        ({ status, text }) => (status === 200 ? keepSecret(JSON.parse(text).runnerToken) : Effect.void)
      )
    )

const registrations: ReadonlyArray<Row> = [
  ["the request is valid", 200, {}],
  ["all fields are present", 200, { description: "x", version: "1.0.0-rc.2" }],
  ["the registration token is unknown", 404, { registrationToken: "ptrrt-unknown" }],
  ["there is no registration token", 400, { registrationToken: undefined }],
  ["the registration token is too long", 400, { registrationToken: "x".repeat(1001) }],
  ["there is no name", 400, { name: undefined }],
  ["the name is empty", 400, { name: "" }],
  ["the name is too long", 400, { name: "x".repeat(101) }],
  ["the description is empty", 400, { description: "" }],
  ["the description is too long", 400, { description: "x".repeat(1001) }],
  ["the version is invalid", 400, { version: "1.0" }]
].map(([situation, status, change]) => ({
  ...{ endpoint: "register", situation: String(situation), status: Number(status) },
  ask: registering(change as object)
}))

const nameTaken: Row = {
  ...{ endpoint: "register", situation: "the name is taken", status: 400 },
  ask: (held) => registering({ name: held.runner.name })(held)
}

/** Rows of wrong tokens for a call that uses only the runner token. */
const byRunner = (endpoint: string, path: (held: Held) => string, state?: RunnerJob.JobState): ReadonlyArray<Row> => {
  const before = state === undefined ? undefined : (held: Held) => pending(held)
  const wrong = (situation: string, status: number, runnerToken: unknown, code?: string): Row => ({
    ...{ endpoint, situation, status, code, before },
    ask: (held) => postJson(path(held), { runnerToken })
  })
  return [
    wrong("the runner token is unknown", 404, "ptrt-unknown", UNKNOWN_RUNNER),
    wrong("there is no runner token", 400, undefined),
    wrong("the runner token is empty", 400, ""),
    wrong("the runner token is too long", 400, "x".repeat(1001)),
    wrong("the runner token is not a string", 400, { a: 1 })
  ]
}

const pending = ({ id }: Held) => put(id, { state: "Pending", jobTokenHash: Option.none(), runnerId: Option.none() })

const asking =
  (change: object): Row["ask"] =>
  ({ tokens: { runnerToken } }) =>
    postJson(`${R}/jobs/request`, { runnerToken, ...change })

const requests: ReadonlyArray<Row> = [
  ["the request is valid", 200, {}],
  ["the list of types is empty", 200, { jobTypes: [] }],
  ["unknown types are requested", 200, { jobTypes: ["unheard-of"] }],
  ["the types are not a list", 400, { jobTypes: "vod-hls-transcoding" }],
  ["the types are not strings", 400, { jobTypes: [1] }],
  ["the version is new", 200, { version: "9.9.9" }],
  ["the version is invalid", 400, { version: "newest" }]
].map(([situation, status, change]) => ({
  ...{ endpoint: "request", situation: String(situation), status: Number(status), before: pending },
  ask: asking(change as object)
}))

const taking =
  (id?: string): Row["ask"] =>
  ({ path, tokens: { runnerToken } }) =>
    Effect.tap(
      postJson(id === undefined ? `${path}/accept` : `${R}/jobs/${id}/accept`, { runnerToken }),
      ({ status, text }) => (status === 200 ? keepSecret(JSON.parse(text).job.jobToken) : Effect.void)
    )

const unavailable: ReadonlyArray<RunnerJob.JobState> = [
  "Processing",
  "Completing",
  "Completed",
  "Errored",
  "WaitingForParent",
  "Cancelled",
  "ParentErrored",
  "ParentCancelled"
]

const accepts: ReadonlyArray<Row> = [
  { situation: "the job is pending", status: 200, before: pending, becomes: "Processing" as const, ask: taking() },
  ...malformedIds.map((id) => ({ situation: `the job is ${id}`, status: 400, ask: taking(id) })),
  { situation: "there is no such job", status: 404, ask: taking(crypto.randomUUID()) },
  ...unavailable.map((state) => ({
    ...{ situation: `the job is ${state}, and no other is pending`, status: 409, code: LOST_RACE, ask: taking() },
    before: ({ id }: Held) => Effect.zipRight(noOtherJobs, put(id, { state }))
  })),
  {
    ...{ situation: "the runner is unknown and the job is not pending", status: 404, code: UNKNOWN_RUNNER },
    ask: ({ path }: Held) => postJson(`${path}/accept`, { runnerToken: "ptrt-unknown" })
  },
  {
    ...{ situation: "the runner and the job are unknown", status: 404, code: UNKNOWN_RUNNER },
    ask: () => postJson(`${R}/jobs/${crypto.randomUUID()}/accept`, { runnerToken: "ptrt-unknown" })
  }
].map((row) => ({ endpoint: "accept", ...row }))

const unregister: Row = {
  ...{ endpoint: "unregister", situation: "the runner is registered", status: 204, becomes: "Pending" },
  ask: ({ tokens: { runnerToken } }) => postJson(`${R}/unregister`, { runnerToken })
}

const again: Row = {
  ...{ endpoint: "unregister", situation: "the runner has unregistered", status: 404, code: UNKNOWN_RUNNER },
  before: unregister.ask,
  ask: unregister.ask
}

/** Rows of registering, requesting, accepting and unregistering. */
export const runnerRows: ReadonlyArray<Row> = [
  ...registrations,
  nameTaken,
  unregister,
  again,
  ...byRunner("unregister", () => `${R}/unregister`),
  ...requests,
  ...byRunner("request", () => `${R}/jobs/request`),
  ...accepts,
  ...byRunner("accept", ({ path }) => `${path}/accept`, "Pending")
]
