import type { Part } from "./client.ts"
import { formBytes } from "./client.ts"

/** A request to the byte as a real runner has sent it, but for its tokens and the job's number. */
export interface Recorded {
  /** POST, unless it says otherwise. */
  readonly method?: "POST" | "PUT"
  readonly path: string
  /** In their order and letter case; the length was recorded too, and proves that the body is the same. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

/** What stands in the place of what was recorded; all of it has the recorded length. */
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

/** What stands before the random part of every boundary. */
const DASHES = "-".repeat(26)

const form = (head: Headers, path: string, digits: string, length: number, parts: ReadonlyArray<Part>): Recorded => ({
  path,
  headers: [...head, ["content-type", `multipart/form-data; boundary=${DASHES}${digits}`], ...closed(length)],
  body: formBytes(parts, DASHES + digits)
})

/** How a version writes a form; the digits end its boundary. */
export type Form = (path: string, digits: string, length: number, parts: ReadonlyArray<Part>) => Recorded

export const olderForm: Form = (path, digits, length, parts) => form(transfer, path, digits, length, parts)
export const newerForm: Form = (path, digits, length, parts) =>
  form([...accepting, ...transfer], path, digits, length, parts)

/** The fields that every form begins or goes on with. */
export const tokens = ({ jobToken, runnerToken }: Names): ReadonlyArray<Part> => [
  ["jobToken", jobToken],
  ["runnerToken", runnerToken]
]

/** The order of headers of the older program: host first, no `Accept`. Its `error` and `abort` were not recorded. */
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

/** The recorded length, which the body must have. */
export const recordedLength = ({ headers }: Recorded): number =>
  Number(headers.find(([name]) => name === "Content-Length")?.[1])
