import { type RunnerJob, Runners } from "@runner-connector/core"
import { Effect } from "effect"
import { administer, R, request, send } from "../client.ts"
import { keepSecret } from "../Journal.ts"
import { guestToken } from "../world.ts"
import { type Held, malformedIds, type Row } from "./Row.ts"
import { put } from "./situations.ts"

type Calls = Readonly<Record<string, readonly [method: string, path: (held: Held) => string, status: number]>>

/** The administrator calls, each on an existing resource. */
const calls: Calls = {
  listRunners: ["GET", () => R, 200],
  listLabels: ["GET", () => `${R}/labels`, 200],
  updateRunner: ["PATCH", ({ runner }) => `${R}/${runner.id}`, 200],
  deleteRunner: ["DELETE", ({ runner }) => `${R}/${runner.id}`, 204],
  listRegistrationTokens: ["GET", () => `${R}/registration-tokens`, 200],
  listJobs: ["GET", () => `${R}/jobs`, 200],
  cancelJob: ["POST", ({ path }) => `${path}/cancel`, 204],
  deleteJob: ["DELETE", ({ path }) => path, 204]
}

const becomes: Readonly<Record<string, Row["becomes"]>> = {
  deleteRunner: "Pending",
  cancelJob: "Cancelled",
  deleteJob: "gone"
}

const allCalls: Calls = {
  ...calls,
  generateRegistrationToken: ["POST", () => `${R}/registration-tokens/generate`, 200],
  deleteRegistrationToken: ["DELETE", () => `${R}/registration-tokens/1`, 204]
}

const access: ReadonlyArray<Row> = Object.entries(allCalls).flatMap(([endpoint, [method, path]]) => [
  {
    ...{ endpoint, situation: "there is no bearer token", status: 401 },
    ask: (held: Held) => send(() => request(path(held), { method }))
  },
  {
    ...{ endpoint, situation: "the user is not an administrator", status: 403 },
    ask: (held: Held) => administer(method, path(held), { headers: { authorization: `Bearer ${guestToken}` } })
  }
])

const good: ReadonlyArray<Row> = Object.entries(calls).map(([endpoint, [method, path, status]]) => ({
  ...{ endpoint, situation: "the request is valid", status, becomes: becomes[endpoint] },
  ask: (held) => administer(method, path(held))
}))

const aToken = Effect.gen(function* () {
  const { record } = yield* (yield* Runners.Runners).createRegistrationToken()
  return record.id
}).pipe(Effect.orDie)

const tokens: ReadonlyArray<Row> = [
  {
    ...{ endpoint: "generateRegistrationToken", situation: "the request is valid", status: 200 },
    ask: () =>
      Effect.tap(administer("POST", `${R}/registration-tokens/generate`), ({ text }) =>
        keepSecret(JSON.parse(text).registrationToken)
      )
  },
  {
    ...{ endpoint: "deleteRegistrationToken", situation: "the request is valid", status: 204 },
    ask: () => Effect.flatMap(aToken, (id) => administer("DELETE", `${R}/registration-tokens/${id}`))
  }
]

const wrong = (endpoint: string, method: string, situation: string, status: number, path: string): Row => ({
  ...{ endpoint, situation, status },
  ask: () => administer(method, path)
})

const queries: ReadonlyArray<Row> = (
  [
    ["listRunners", R, ["count=-1", "count=101", "start=x", "sort=name", "stateOneOf=idle", "online=yes"]],
    ["listRegistrationTokens", `${R}/registration-tokens`, ["count=-1", "sort=hint"]],
    ["listJobs", `${R}/jobs`, ["count=101", "start=-1", "sort=type", "stateOneOf=77", "typeOneOf=unheard-of"]]
  ] as const
).flatMap(([endpoint, path, bad]) =>
  bad.map((query) => wrong(endpoint, "GET", `the query is ${query}`, 400, `${path}?${query}`))
)

const unknown: ReadonlyArray<Row> = [
  wrong("updateRunner", "PATCH", "there is no such runner", 404, `${R}/2000000000`),
  wrong("updateRunner", "PATCH", "the id is invalid", 400, `${R}/1.5`),
  wrong("deleteRunner", "DELETE", "there is no such runner", 404, `${R}/2000000000`),
  wrong("deleteRunner", "DELETE", "the id is invalid", 400, `${R}/1.5`),
  wrong("deleteRegistrationToken", "DELETE", "there is no such token", 404, `${R}/registration-tokens/2000000000`),
  wrong("deleteRegistrationToken", "DELETE", "the id is invalid", 400, `${R}/registration-tokens/x`),
  ...(["cancelJob", "deleteJob"] as const).flatMap((endpoint) => {
    const [method, rest] = endpoint === "cancelJob" ? ["POST", "/cancel"] : ["DELETE", ""]
    return [
      wrong(endpoint, method, "there is no such job", 404, `${R}/jobs/${crypto.randomUUID()}${rest}`),
      ...malformedIds.map((id) => wrong(endpoint, method, `the job is ${id}`, 400, `${R}/jobs/${id}${rest}`))
    ]
  })
]

const ofState = (
  endpoint: "cancelJob" | "deleteJob",
  outcomes: Readonly<Record<RunnerJob.JobState, Row["becomes"]>>
): ReadonlyArray<Row> =>
  (Object.entries(outcomes) as ReadonlyArray<[RunnerJob.JobState, Row["becomes"]]>).map(([state, outcome]) => ({
    ...{ endpoint, situation: `the job is ${state}`, status: outcome === undefined ? 400 : 204, becomes: outcome },
    before: ({ id }) => put(id, { state }),
    ask: ({ path }) => (endpoint === "cancelJob" ? administer("POST", `${path}/cancel`) : administer("DELETE", path))
  }))

const states: ReadonlyArray<Row> = [
  ...ofState("cancelJob", {
    Pending: "Cancelled",
    Processing: "Cancelled",
    WaitingForParent: "Cancelled",
    Completing: undefined,
    Completed: undefined,
    Errored: undefined,
    Cancelled: undefined,
    ParentErrored: undefined,
    ParentCancelled: undefined
  }),
  ...ofState("deleteJob", {
    Pending: "gone",
    Processing: "gone",
    WaitingForParent: "gone",
    Completing: undefined,
    Completed: "gone",
    Errored: "gone",
    Cancelled: "gone",
    ParentErrored: "gone",
    ParentCancelled: "gone"
  })
]

const description: Row = {
  ...{ endpoint: "openApi", situation: "the request is unauthenticated", status: 200 },
  ask: () => send(() => request(`${R}/openapi.json`, { method: "GET" }))
}

/** Rows of the administrator calls. */
export const administratorRows: ReadonlyArray<Row> = [
  ...access,
  ...good,
  ...tokens,
  ...queries,
  ...unknown,
  ...states,
  description
]
