import type { IncomingMessage } from "node:http"
import type { Part } from "./forms.ts"

/** A recorded request. */
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
  /** The input file: its path or its content. */
  readonly source: string | Buffer
  /** The entity tag of the input file. */
  readonly etag: string | undefined
  /** The file behind the audio address. */
  readonly audio: string | Buffer
  /** The files behind the other addresses, by name. */
  readonly files: Readonly<Record<string, string | Buffer>>
  state: "Pending" | "Processing" | "Completed" | "Errored" | "Gone"
  jobToken: string | undefined
  runnerToken: string | undefined
  readonly progress: Array<string>
  readonly reasons: Array<string>
  readonly messages: Array<string>
  result: ReadonlyArray<Part>
}

/** A response that replaces the default one. `hang` never responds, `break` closes the connection. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | "hang" | "break"

export const KEPT = 50_000_000

/** The state on which the server's responses depend. */
export interface ServerState {
  readonly jobs: Array<Job>
  /** The names of the runners by their tokens. */
  readonly runners: Map<string, string>
  readonly registrationTokens: Set<string>
  addRunner(name?: string): string
}
