import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http"
import { Agent as SecureAgent, request as secureRequest } from "node:https"
import { performance } from "node:perf_hooks"

export interface Answer {
  readonly status: number
  readonly body: string
}

/** HTTP calls to one server over keep-alive connections. */
export interface Client {
  readonly json: (path: string, body: unknown) => Promise<Answer>
  readonly form: (path: string, fields: Readonly<Record<string, string>>) => Promise<Answer>
  /** A request whose body the caller writes. */
  readonly open: (
    path: string,
    headers: Readonly<Record<string, string | number>>
  ) => { readonly request: ClientRequest; readonly answer: Promise<Answer> }
  readonly close: () => void
}

const read = async (response: IncomingMessage): Promise<Answer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }
}

/** Servers close idle connections after five seconds. A call on such a connection would fail. Milliseconds. */
const IDLE = 3000

const BOUNDARY = "--------------------------benchmark"

/** A client of a port of this machine, or of another server. */
export const makeClient = (target: number | URL): Client => {
  const { hostname, port, protocol } = typeof target === "number" ? new URL(`http://127.0.0.1:${target}`) : target
  const isSecure = protocol === "https:"
  const agent = new (isSecure ? SecureAgent : Agent)({ keepAlive: true, timeout: IDLE })
  const open: Client["open"] = (path, headers) => {
    const options = { host: hostname, port: port === "" ? undefined : port, path, method: "POST", agent, headers }
    const outgoing = isSecure ? secureRequest(options) : request(options)
    const answer = new Promise<Answer>((resolve, reject) => {
      outgoing.on("response", (response) => read(response).then(resolve, reject))
      outgoing.on("error", reject)
    })
    return { request: outgoing, answer }
  }
  const send = (path: string, type: string, body: string) => {
    const { answer, request: outgoing } = open(path, {
      "content-type": type,
      "content-length": Buffer.byteLength(body)
    })
    outgoing.end(body)
    return answer
  }
  return {
    open,
    json: (path, body) => send(path, "application/json", JSON.stringify(body)),
    form: (path, fields) => {
      const parts = Object.entries(fields).map(
        ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
      )
      return send(path, `multipart/form-data; boundary=${BOUNDARY}`, `${parts.join("")}--${BOUNDARY}--\r\n`)
    },
    close: () => agent.destroy()
  }
}

/** The measured durations of many calls. */
export interface Measured {
  readonly concurrency: number
  readonly calls: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

const rounded = (value: number): number => Math.round(value * 100) / 100

/** Makes the calls with the given concurrency. Each finished call starts the next one. */
export const measure = async (
  concurrency: number,
  calls: number,
  call: (index: number) => Promise<Answer>,
  expected: number
): Promise<Measured> => {
  const times: Array<number> = []
  let next = 0
  const work = async () => {
    for (let index = next++; index < calls; index = next++) {
      const began = performance.now()
      const { body, status } = await call(index)
      if (status !== expected) throw new Error(`Expected ${expected}, got ${status}: ${body}`)
      times.push(performance.now() - began)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: concurrency }, work))
  const seconds = (performance.now() - began) / 1000
  times.sort((a, b) => a - b)
  return {
    concurrency,
    calls,
    perSecond: Math.round(calls / seconds),
    p50: rounded(percentile(times, 0.5)),
    p99: rounded(percentile(times, 0.99))
  }
}
