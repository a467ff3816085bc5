import type { IncomingMessage } from "node:http"
import type { Part } from "./forms.ts"

/** A request as it came over the wire. */
export interface Call {
  readonly name: string
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  /** Empty when it was longer than `KEPT` bytes. */
  readonly body: Buffer
  readonly size: number
  readonly fields: Readonly<Record<string, unknown>>
  readonly parts: ReadonlyArray<Part>
}

export interface Job {
  readonly uuid: string
  readonly type: string
  readonly payload: unknown
  /** The input file: its path, or its content. */
  readonly source: string | Buffer
  /** What the address of the sound gives. */
  readonly audio: string | Buffer
  /** What the addresses of further files give. */
  readonly files: Readonly<Record<string, string | Buffer>>
  state: "Pending" | "Processing" | "Completed" | "Errored" | "Gone"
  jobToken: string | undefined
  runnerToken: string | undefined
  readonly progress: Array<string>
  readonly reasons: Array<string>
  readonly messages: Array<string>
  result: ReadonlyArray<Part>
}

/** What a test wants answered instead of the usual; `hang` never answers, `break` closes the connection. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | "hang" | "break"

export const KEPT = 50_000_000

/** What the server knows when it answers. */
export interface ServerState {
  readonly jobs: Array<Job>
  /** The names of the runners by their tokens. */
  readonly runners: Map<string, string>
  readonly registrationTokens: Set<string>
  addRunner(name?: string): string
}
