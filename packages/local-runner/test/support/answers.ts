import { randomUUID } from "node:crypto"
import { createReadStream, statSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { type Call, type Job, KEPT, type ServerState } from "./calls.ts"

const problem = (response: ServerResponse, status: number, code?: string): ServerResponse => {
  const detail = `problem ${status}`
  response.writeHead(status, { "content-type": "application/problem+json" })
  return response.end(JSON.stringify({ status, detail, error: detail, ...(code === undefined ? {} : { code }) }))
}

const json = (response: ServerResponse, body: unknown): ServerResponse => {
  response.writeHead(200, { "content-type": "application/json" })
  return response.end(JSON.stringify(body))
}

const done = (response: ServerResponse): ServerResponse => response.writeHead(204).end()

/** PeerTube's responses, with checks in the same order. */
export const respond = (server: ServerState, call: Call, job: Job | undefined, response: ServerResponse): unknown => {
  const runnerToken = String(call.fields.runnerToken)
  const isKnown = server.runners.has(runnerToken)
  if (call.name === "register") return register(server, call.fields, response)
  if (call.name === "unregister") {
    return server.runners.delete(runnerToken) ? done(response) : problem(response, 404, "unknown_runner_token")
  }
  if (call.name === "request") {
    if (!isKnown) return problem(response, 404, "unknown_runner_token")
    const pending = server.jobs.filter(({ state }) => state === "Pending").slice(0, 10)
    return json(response, { availableJobs: pending.map(({ payload, type, uuid }) => ({ uuid, type, payload })) })
  }
  if (job === undefined) return problem(response, 404)
  if (call.name !== "accept") return respondToHolder(call, job, response)
  if (job.state !== "Pending") return problem(response, 400)
  return isKnown ? accept(job, runnerToken, response) : problem(response, 404, "unknown_runner_token")
}

const register = (server: ServerState, fields: Call["fields"], response: ServerResponse): ServerResponse => {
  if (!server.registrationTokens.has(String(fields.registrationToken))) return problem(response, 404)
  const name = String(fields.name)
  if ([...server.runners.values()].includes(name)) return problem(response, 400)
  return json(response, { id: server.runners.size + 1, runnerToken: server.addRunner(name) })
}

const accept = (job: Job, runnerToken: string, response: ServerResponse): ServerResponse => {
  job.state = "Processing"
  job.jobToken = `ptrjt-${randomUUID()}`
  job.runnerToken = runnerToken
  const { jobToken, payload, type, uuid } = job
  return json(response, { job: { uuid, type, payload, jobToken, state: { id: 2, label: "Processing" } } })
}

const respondToHolder = (call: Call, job: Job, response: ServerResponse): unknown => {
  const { fields, headers, name, path, size } = call
  // The fields of a form that was too long to be kept are unknown.
  const isHolder = size > KEPT || (fields.jobToken === job.jobToken && fields.runnerToken === job.runnerToken)
  if (!isHolder || job.state === "Gone") return problem(response, 404)
  if (name === "update") {
    job.progress.push(String(fields.progress))
    return done(response)
  }
  if (job.state !== "Processing") return problem(response, 400, "runner_job_not_in_processing_state")
  if (name === "maxQuality") {
    if (job.etag !== undefined && headers["if-none-match"] === job.etag) return response.writeHead(412).end()
    return sendFile(job.source, response, job.etag)
  }
  if (name === "maxQualityAudio") return sendFile(job.audio, response)
  if (name === "furtherFile") {
    const file = job.files[path.slice(path.lastIndexOf("/") + 1)]
    return file === undefined ? problem(response, 404) : sendFile(file, response)
  }
  end(call, job)
  return done(response)
}

const sendFile = (file: string | Buffer, response: ServerResponse, etag?: string): unknown => {
  const size = typeof file === "string" ? statSync(file).size : file.length
  const version = etag === undefined ? {} : { etag }
  response.writeHead(200, { "content-type": "video/mp4", "content-length": size, ...version })
  return typeof file === "string" ? createReadStream(file).pipe(response) : response.end(file)
}

const end = ({ fields, name, parts }: Call, job: Job): void => {
  if (name === "success") {
    job.state = "Completed"
    job.result = parts
    return
  }
  if (name === "error") {
    job.state = "Errored"
    job.messages.push(String(fields.message))
  } else {
    job.state = "Pending"
    job.reasons.push(String(fields.reason))
  }
  job.jobToken = undefined
  job.runnerToken = undefined
}
