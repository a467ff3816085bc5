import { Ids } from "@runner-connector/core"
import { Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams, numberIn } from "../http/fields.ts"
import { ListedJob } from "../jobs/JobDocuments.ts"
import { NewTokenDocument, pageOf, RunnerDocument, TokenDocument } from "./AdminDocuments.ts"
import { JobsQuery, PageQuery } from "./AdminQueries.ts"

export const listRunners = endpoint({
  name: "listRunners",
  method: "GET",
  path: "/api/v1/runners",
  summary: "List the registered runners",
  admin: true,
  query: PageQuery,
  status: 200,
  response: pageOf(RunnerDocument)
})

export const deleteRunner = endpoint({
  name: "deleteRunner",
  method: "DELETE",
  path: "/api/v1/runners/:runnerId",
  summary: "Remove a runner; its jobs go to others when they are found to be silent",
  admin: true,
  params: Schema.Struct({ runnerId: numberIn(Ids.RunnerId) }),
  status: 204,
  problems: [404]
})

export const listRegistrationTokens = endpoint({
  name: "listRegistrationTokens",
  method: "GET",
  path: "/api/v1/runners/registration-tokens",
  summary: "List the registration tokens, each by its last characters: only hashes are kept",
  admin: true,
  query: PageQuery,
  status: 200,
  response: pageOf(TokenDocument)
})

export const generateRegistrationToken = endpoint({
  name: "generateRegistrationToken",
  method: "POST",
  path: "/api/v1/runners/registration-tokens/generate",
  summary: "Make a registration token; this answer is the only one that shows it",
  admin: true,
  status: 200,
  response: NewTokenDocument
})

export const deleteRegistrationToken = endpoint({
  name: "deleteRegistrationToken",
  method: "DELETE",
  path: "/api/v1/runners/registration-tokens/:id",
  summary: "Remove a registration token and every runner registered with it",
  admin: true,
  params: Schema.Struct({ id: numberIn(Ids.RegistrationTokenId) }),
  status: 204,
  problems: [404]
})

export const listJobs = endpoint({
  name: "listJobs",
  method: "GET",
  path: "/api/v1/runners/jobs",
  summary: "List jobs in whatever state",
  admin: true,
  query: JobsQuery,
  status: 200,
  response: pageOf(ListedJob)
})

export const cancelJob = endpoint({
  name: "cancelJob",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/cancel",
  summary: "Cancel a job that is pending, processing or waiting, with all that waits for it",
  admin: true,
  params: JobParams,
  status: 204,
  problems: [404]
})

export const deleteJob = endpoint({
  name: "deleteJob",
  method: "DELETE",
  path: "/api/v1/runners/jobs/:jobUUID",
  summary: "Remove a job with all that waits for it, cancelled first where it is open",
  admin: true,
  params: JobParams,
  status: 204,
  problems: [404]
})
