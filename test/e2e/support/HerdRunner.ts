import { request as httpRequest } from "node:http"
import { io, type Socket } from "socket.io-client"

/** The pause of the real runner after a failed check. */
const RETRY_PAUSE = 2500

/** The consecutive failures after which the real runner gives up. */
const MAX_ERRORS = 5

const R = "/api/v1/runners"

interface Answer {
  readonly status: number
  readonly document: { readonly code?: string; readonly [name: string]: unknown }
}

/** Records of all runners of a herd. */
export interface HerdNotes {
  /** Every call with its answer. */
  readonly calls: Array<readonly [call: "request" | "accept", status: number]>
  /** The jobs of runners, the ones that they asked for, and the times, in milliseconds of `performance.now`. */
  readonly jobs: Array<{ readonly uuid: string; readonly asked: string; readonly runner: number; readonly at: number }>
  /** The times of pings. */
  readonly pings: Array<number>
  /** Messages that the real runner would log as errors. */
  readonly errors: Array<string>
}

export const emptyNotes = (): HerdNotes => ({ calls: [], jobs: [], pings: [], errors: [] })

/**
 * Requests jobs as the real runner does: after it connects and after a ping, one check at a time. It accepts the first
 * job of the list and works on the one in the answer. A ping during a check is ignored. A lost race ends the check. Any
 * other error is logged, and the check is repeated after 2.5 seconds, five times. Leases one job and never finishes it.
 */
export class HerdRunner {
  readonly #socket: Socket
  readonly #waits = new Set<NodeJS.Timeout>()
  #checking = false
  #busy = false
  #errors = 0

  readonly #port: number
  readonly #number: number
  readonly #token: string
  readonly #notes: HerdNotes

  constructor(port: number, number: number, token: string, notes: HerdNotes) {
    this.#port = port
    this.#number = number
    this.#token = token
    this.#notes = notes
    this.#socket = io(`http://127.0.0.1:${port}/runners`, {
      transports: ["websocket"],
      auth: { runnerToken: token },
      forceNew: true
    })
    this.#socket.on("connect", () => void this.#check())
    this.#socket.on("available-jobs", () => {
      notes.pings.push(performance.now())
      void this.#check()
    })
  }

  /** True while it waits for a ping. */
  get isIdle(): boolean {
    return this.#socket.connected && !this.#checking && !this.#busy
  }

  /** Drops its job, so that it accepts another one. */
  forget(): void {
    this.#busy = false
  }

  close(): void {
    for (const wait of this.#waits) clearTimeout(wait)
    this.#socket.disconnect()
  }

  async #check(): Promise<void> {
    if (this.#checking || this.#busy) return
    this.#checking = true
    try {
      await this.#takeFirst()
      this.#errors = 0
    } catch (error) {
      this.#fail(String(error))
    } finally {
      this.#checking = false
    }
  }

  async #takeFirst(): Promise<void> {
    const { document } = await this.#call("request", "/jobs/request", { version: "0.4.0" }, 200)
    const [first] = document.availableJobs as ReadonlyArray<{ readonly uuid: string }>
    if (first === undefined) return
    const answer = await this.#call("accept", `/jobs/${first.uuid}/accept`, {}, 200, 409)
    if (answer.status === 409) return
    const { uuid } = answer.document.job as { readonly uuid: string }
    this.#busy = true
    this.#notes.jobs.push({ uuid, asked: first.uuid, runner: this.#number, at: performance.now() })
  }

  #fail(message: string): void {
    this.#notes.errors.push(`runner ${this.#number}: ${message}`)
    this.#errors += 1
    if (this.#errors >= MAX_ERRORS) return
    const wait = setTimeout(() => {
      this.#waits.delete(wait)
      void this.#check()
    }, RETRY_PAUSE)
    this.#waits.add(wait)
  }

  async #call(call: "request" | "accept", path: string, body: object, ...expected: ReadonlyArray<number>) {
    const answer = await post(this.#port, R + path, { runnerToken: this.#token, ...body })
    this.#notes.calls.push([call, answer.status])
    const isLostRace = answer.document.code === "runner_job_not_in_pending_state"
    if (!expected.includes(answer.status) || (answer.status === 409 && !isLostRace)) {
      throw new Error(`${call} was answered with ${answer.status} ${JSON.stringify(answer.document)}`)
    }
    return answer
  }
}

/** Uses a separate connection, as the real runner does. */
const post = (port: number, path: string, body: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" }
    const outgoing = httpRequest(
      { host: "127.0.0.1", port, path, method: "POST", agent: false, headers },
      (incoming) => {
        const chunks: Array<Buffer> = []
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
        incoming.on("error", reject)
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, document: JSON.parse(Buffer.concat(chunks).toString()) })
        )
      }
    )
    outgoing.on("error", reject)
    outgoing.end(JSON.stringify(body))
  })
