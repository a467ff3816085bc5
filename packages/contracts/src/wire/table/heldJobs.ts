import { Effect } from "effect"
import { resultParts, tokenParts } from "../arrange.ts"
import { type Answer, type Part, postForm, postJson, R } from "../client.ts"
import type { Hands } from "../WireServer.ts"
import { type Held, malformedIds, NOT_PROCESSING, type Row } from "./Row.ts"
import { handedIn, over, wrongTokens } from "./situations.ts"

type Tokens = Held["tokens"]
type Subject = Pick<Held, "path" | "videoId">
type Call = (subject: Subject, tokens: Tokens) => Effect.Effect<Answer, never, Hands>

const download =
  (file: string): Call =>
  ({ path, videoId }, tokens) =>
    postJson(`${path}/files/videos/${videoId}/${file}`, tokens)

/** Every call on a leased job, valid except for the tokens that a row changes. */
const calls = {
  abort: ({ path }, tokens) => postJson(`${path}/abort`, { ...tokens, reason: "Runner stopped" }),
  error: ({ path }, tokens) => postJson(`${path}/error`, { ...tokens, message: "ffmpeg failed" }),
  update: ({ path }, tokens) => postForm(`${path}/update`, [["progress", "5"], ...tokenParts(tokens)]),
  success: ({ path }, tokens) => postForm(`${path}/success`, [...tokenParts(tokens), ...resultParts()]),
  maxQuality: download("max-quality"),
  maxQualityAudio: download("max-quality/audio"),
  thumbnail: download("thumbnails/max-quality"),
  preview: download("previews/max-quality"),
  taskFile: download("studio/task-files/intro.mp4")
} satisfies Record<string, Call>

type Name = keyof typeof calls
const names = Object.keys(calls) as ReadonlyArray<Name>

/** Authorization is the same for every call. */
const fenceOf = (endpoint: Name): ReadonlyArray<Row> => {
  const call: Call = calls[endpoint]
  const byId =
    (id: string): Row["ask"] =>
    ({ tokens, videoId }) =>
      call({ path: `${R}/jobs/${id}`, videoId }, tokens)
  const changed =
    (change: Partial<Tokens>): Row["ask"] =>
    (held) =>
      call(held, { ...held.tokens, ...change })
  return [
    ...malformedIds.map((id) => ({ endpoint, situation: `the job is ${id}`, status: 400, ask: byId(id) })),
    { endpoint, situation: "there is no such job", status: 404, ask: byId(crypto.randomUUID()) },
    { endpoint, situation: "there is no job token", status: 400, ask: changed({ jobToken: "" }) },
    { endpoint, situation: "there is no runner token", status: 400, ask: changed({ runnerToken: "" }) },
    { endpoint, situation: "the job token is too long", status: 400, ask: changed({ jobToken: "x".repeat(1001) }) },
    ...Object.entries(wrongTokens).map(([who, change]) => ({
      endpoint,
      situation: `the request has ${who}`,
      status: 404,
      ask: (held: Held) => Effect.flatMap(change(held.tokens), (tokens) => call(held, tokens))
    })),
    ...Object.entries(over).map(([situation, before]) => ({
      ...{ endpoint, situation, before, status: 404 },
      ask: changed({})
    })),
    ...Object.entries(handedIn)
      .filter(() => endpoint !== "update")
      .map(([situation, before]) => ({
        ...{ endpoint, situation, before, status: 400, code: NOT_PROCESSING },
        ask: changed({})
      }))
  ]
}

const changing =
  (endpoint: "abort" | "error", body: object): Row["ask"] =>
  ({ path, tokens }) =>
    postJson(`${path}/${endpoint}`, { ...tokens, ...body })

const updating =
  (...parts: ReadonlyArray<Part>): Row["ask"] =>
  ({ path, tokens }) =>
    postForm(`${path}/update`, [...tokenParts(tokens), ...parts])

const endings: ReadonlyArray<Row> = [
  ["abort", "the job is processed", 204, { reason: "x" }, "Pending"],
  ["abort", "the reason is empty", 204, { reason: "" }, "Pending"],
  ["abort", "the reason is long", 204, { reason: "x".repeat(5001) }, "Pending"],
  ["abort", "there is no reason", 400, {}, undefined],
  ["abort", "the reason is not a string", 400, { reason: 1 }, undefined],
  ["error", "the job is processed", 204, { message: "x" }, "Pending"],
  ["error", "the message is empty", 204, { message: "" }, "Pending"],
  ["error", "the message is long", 204, { message: "x".repeat(5001) }, "Pending"],
  ["error", "there is no message", 400, {}, undefined],
  ["error", "the message is not a string", 400, { message: null }, undefined]
].map(([endpoint, situation, status, body, becomes]) => ({
  ...{ endpoint, situation, status, becomes },
  ask: changing(endpoint as "abort" | "error", body as object)
})) as ReadonlyArray<Row>

const updates: ReadonlyArray<Row> = [
  { situation: "the job is processed", status: 204, becomes: "Processing" as const, ask: updating(["progress", "5"]) },
  { situation: "there is no progress", status: 204, becomes: "Processing" as const, ask: updating() },
  { situation: "the progress is 0", status: 204, becomes: "Processing" as const, ask: updating(["progress", "0"]) },
  ...["53.5", "-1", "101", "abc", "", " 5", "1e2", "0x10", "NaN"].map((progress) => ({
    ...{ situation: `the progress is ${JSON.stringify(progress)}`, status: 400 },
    ask: updating(["progress", progress])
  })),
  { situation: "there is a payload", status: 400, ask: updating(["payload[type]", "add-chunk"]) },
  { situation: "there is a file", status: 400, ask: updating(["payload[videoChunkFile]", "x", "0.ts", "video/mp2t"]) },
  ...Object.entries(handedIn).map(([situation, before]) => ({
    ...{ situation, before, status: 204, ask: updating(["progress", "5"]) },
    becomes: situation === "the job is completed" ? undefined : ("Completing" as const)
  }))
].map((row) => ({ endpoint: "update", ...row }))

const handingIn =
  (change: (parts: ReadonlyArray<Part>) => ReadonlyArray<Part>): Row["ask"] =>
  ({ path, tokens }) =>
    postForm(`${path}/success`, [...tokenParts(tokens), ...change(resultParts())])

const results: ReadonlyArray<Row> = [
  { situation: "the result is valid", status: 204, becomes: "Completed" as const, ask: handingIn((parts) => parts) },
  {
    ...{ situation: "the result is unusable", status: 204, becomes: "Pending" as const },
    ask: handingIn((parts) => [["payload[videoFile]", "no media", "a.mp4", "video/mp4"], ...parts.slice(1)])
  },
  { situation: "there is no file", status: 400, ask: handingIn(() => []) },
  { situation: "a file is missing", status: 400, ask: handingIn((parts) => parts.slice(1)) },
  {
    ...{ situation: "there is an unexpected file", status: 400 },
    ask: handingIn((parts) => [...parts, ["payload[other]", "x", "x.mp4", "video/mp4"]])
  }
].map((row) => ({ endpoint: "success", ...row }) as Row)

/** Rows of the calls on leased jobs. */
export const heldJobRows: ReadonlyArray<Row> = [...names.flatMap(fenceOf), ...endings, ...updates, ...results]
