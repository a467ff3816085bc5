import { randomUUID } from "node:crypto"
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse
} from "node:http"
import type { AddressInfo } from "node:net"
import { Endpoint, Endpoints, endpoints } from "@runner-connector/protocol"
import { Server as SocketServer } from "socket.io"
import { respond } from "./answers.ts"
import { type Answer, type Call, type Job, KEPT, type ServerState } from "./calls.ts"
import { readForm } from "./forms.ts"

export type { Call, Job } from "./calls.ts"

const FURTHER_FILE = "/api/v1/runners/jobs/:jobUUID/files/videos/:videoId/studio/task-files/:fileName"

const routes = [{ method: "POST", name: "furtherFile", path: FURTHER_FILE }, ...endpoints].map(
  ({ method, name, path }) => ({ name, method, pattern: new RegExp(`^${path.replace(/:\w+/g, "([^/]+)")}$`) })
)

const pathOf = (endpoint: { readonly path: string }, jobUUID: string, videoId = randomUUID()): string =>
  Endpoint.pathOf(endpoint, { jobUUID, videoId })

/** The server side of the protocol on a real port, as strict as PeerTube. */
export class TestServer implements ServerState {
  readonly calls: Array<Call> = []
  /** Protocol violations of the runner. Tests assert that there are none. */
  readonly violations: Array<string> = []
  readonly jobs: Array<Job> = []
  readonly runners = new Map<string, string>()
  readonly registrationTokens = new Set(["ptrrt-test"])
  /** Overrides responses. Undefined means the default response. */
  answer: (name: string, job: Job | undefined, headers: IncomingHttpHeaders) => Answer | undefined = () => undefined
  /** Delays responses. Undefined means no delay. */
  hold: (name: string) => Promise<void> | undefined = () => undefined
  /** Whether a body may be sent without Content-Length. */
  allowsChunks = false
  /** Whether a body may be truncated. A runner that stops its work aborts its current upload. */
  allowsBreaks = false
  /** Refuses sockets with this message. */
  refuseSockets: string | undefined
  sockets = 0
  refusedSockets = 0
  readonly http: Server
  readonly io: SocketServer
  port = 0

  constructor() {
    this.http = createServer((request, response) => {
      this.handle(request, response).catch((error) => {
        if (this.allowsBreaks && request.destroyed && !request.complete) return
        this.violations.push(`${request.url}: ${error instanceof Error ? error.message : error}`)
        response.destroy()
      })
    })
    this.io = new SocketServer(this.http)
    this.io.of("/runners").use((socket, next) => {
      const token = socket.handshake.auth.runnerToken
      const known = typeof token === "string" && this.runners.has(token)
      const refusal = this.refuseSockets ?? (known ? undefined : "Invalid runner token")
      if (refusal !== undefined) this.refusedSockets++
      next(refusal === undefined ? undefined : new Error(refusal))
    })
    this.io.of("/runners").on("connection", (socket) => {
      this.sockets++
      if (socket.conn.transport.name !== "websocket") this.violations.push("the socket is not a WebSocket")
      socket.on("disconnect", () => this.sockets--)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(port, "127.0.0.1", resolve))
    this.port = (this.http.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections()
    await this.io.close()
    this.http.closeAllConnections()
  }

  addRunner(name = "runner"): string {
    const token = `ptrt-${randomUUID()}`
    this.runners.set(token, name)
    return token
  }

  /** `payloadOf` creates the payload. It receives a function that returns the addresses of additional files by name. */
  addJob(
    job: Partial<Job> & { readonly output?: object; readonly videoId?: ReturnType<typeof randomUUID> } = {},
    payloadOf?: (url: (fileName: string) => string) => unknown
  ): Job {
    const uuid = job.uuid ?? randomUUID()
    const file = `${this.url}${pathOf(Endpoints.maxQuality, uuid, job.videoId)}`
    const urlOf = (name: string) => `${this.url}${pathOf({ path: FURTHER_FILE.replace(":fileName", name) }, uuid)}`
    const separatedAudioFileUrl = job.audio ? [`${this.url}${pathOf(Endpoints.maxQualityAudio, uuid)}`] : []
    const output = { resolution: 120, fps: 24, separatedAudio: false, ...job.output }
    const added: Job = {
      uuid,
      type: "vod-hls-transcoding",
      payload: payloadOf?.(urlOf) ?? job.payload ?? { input: { videoFileUrl: file, separatedAudioFileUrl }, output },
      source: Buffer.from("source"),
      etag: undefined,
      audio: Buffer.from("audio"),
      files: {},
      state: "Pending",
      jobToken: undefined,
      runnerToken: undefined,
      progress: [],
      reasons: [],
      messages: [],
      result: [],
      ...job
    }
    this.jobs.push(added)
    return added
  }

  ping(): void {
    this.io.of("/runners").emit("available-jobs")
  }

  callsOf(name: string): ReadonlyArray<Call> {
    return this.calls.filter((call) => call.name === name)
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ""
    const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(path))
    if (route === undefined) throw new Error(`no such route: ${request.method} ${path}`)
    const [, uuid] = route.pattern.exec(path) ?? []
    const job = this.jobs.find((candidate) => candidate.uuid === uuid)
    const override = this.answer(route.name, job, request.headers)
    if (override === "break") {
      request.socket.destroy()
      return
    }
    const call = await this.read(route.name, path, request)
    this.calls.push(call)
    if (override === "hang") return
    await this.hold(route.name)
    if (override !== undefined) {
      response.writeHead(override.status, { "content-type": "application/problem+json", ...override.headers })
      response.end(override.body === undefined ? "" : JSON.stringify(override.body))
      return
    }
    respond(this, call, job, response)
  }

  private async read(name: string, path: string, request: IncomingMessage): Promise<Call> {
    const chunks: Array<Buffer> = []
    let size = 0
    const { headers } = request
    const announced = Number(headers["content-length"])
    for await (const chunk of request) {
      size += chunk.length
      if (!(announced > KEPT)) chunks.push(chunk)
    }
    const isChunked = headers["transfer-encoding"] !== undefined
    if (isChunked && !this.allowsChunks) throw new Error("the body was sent in chunks")
    if (!isChunked && size !== announced) throw new Error(`received ${size} of ${announced} announced bytes`)
    const body = Buffer.concat(chunks)
    const type = headers["content-type"] ?? ""
    if (headers.traceparent !== undefined || headers.b3 !== undefined) throw new Error("trace headers were sent")
    const isForm = name === "update" || name === "success"
    const isFile = name.startsWith("maxQuality") || name === "furtherFile"
    if (!isFile && headers.accept !== "application/json") throw new Error(`Accept: ${headers.accept}`)
    if (!isForm && type !== "application/json") throw new Error(`Content-Type: ${type}`)
    const parts = isForm && !(announced > KEPT) ? readForm(type, body) : []
    const scalars = parts.filter(({ filename }) => filename === undefined)
    const fields = isForm
      ? Object.fromEntries(scalars.map((part) => [part.name, part.content.toString()]))
      : JSON.parse(body.toString())
    return { name, path, headers, body, size, fields, parts }
  }
}
