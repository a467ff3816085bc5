import type { Part } from "./client.ts"
import { formBytes } from "./client.ts"

/** A request of a real runner byte for byte, except for its tokens and the job's id. */
export interface Recorded {
  /** POST by default. */
  readonly method?: "POST" | "PUT"
  readonly path: string
  /** In the recorded order and letter case. The recorded content length proves that the body is identical. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

/** The replacements of recorded values, all with the recorded length. */
export interface Names {
  readonly registrationToken: string
  readonly runnerToken: string
  readonly jobToken: string
  readonly job: string
  readonly video: string
}

type Headers = Recorded["headers"]

export const host = "127.0.0.1:19322"
const accepting: Headers = [["Accept", "application/json"]]
const transfer: Headers = [
  ["Host", host],
  ["Accept-Encoding", "gzip, deflate"]
]
const jsonType: Headers = [["Content-Type", "application/json"]]

const closed = (length: number): Headers => [
  ["Content-Length", String(length)],
  ["Connection", "close"]
]

export const encode = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body))

/** The fixed part before the random digits of every boundary. */
const DASHES = "-".repeat(26)

const form = (head: Headers, path: string, digits: string, length: number, parts: ReadonlyArray<Part>): Recorded => ({
  path,
  headers: [...head, ["content-type", `multipart/form-data; boundary=${DASHES}${digits}`], ...closed(length)],
  body: formBytes(parts, DASHES + digits)
})

/** Writes a form as the version does. The digits end its boundary. */
export type Form = (path: string, digits: string, length: number, parts: ReadonlyArray<Part>) => Recorded

export const olderForm: Form = (path, digits, length, parts) => form(transfer, path, digits, length, parts)
export const newerForm: Form = (path, digits, length, parts) =>
  form([...accepting, ...transfer], path, digits, length, parts)

/** The fields at the start of every form. */
export const tokens = ({ jobToken, runnerToken }: Names): ReadonlyArray<Part> => [
  ["jobToken", jobToken],
  ["runnerToken", runnerToken]
]

/** The header order of the older runner: host first, no `Accept`. Its `error` and `abort` were not recorded. */
export const olderJson = (path: string, body: unknown, length: number): Recorded => ({
  path,
  headers: [...transfer, ...jsonType, ...closed(length)],
  body: encode(body)
})

export const newerJson = (path: string, body: unknown, length: number): Recorded => ({
  path,
  headers: [...jsonType, ...accepting, ...transfer, ...closed(length)],
  body: encode(body)
})

/** The recorded length that the body must have. */
export const recordedLength = ({ headers }: Recorded): number =>
  Number(headers.find(([name]) => name === "Content-Length")?.[1])
