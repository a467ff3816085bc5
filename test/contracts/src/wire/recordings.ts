import { playlist } from "./arrange.ts"
import type { Part } from "./client.ts"
import { formBytes, R } from "./client.ts"
import { media } from "./media.ts"

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

/** What a kind of runner was recorded to send. */
export interface Runner {
  readonly version: "0.0.21" | "0.4"
  readonly register: (names: Names) => Recorded
  readonly request: (names: Names) => Recorded
  readonly accept: (names: Names) => Recorded
  readonly download: (names: Names) => Recorded
  readonly update: (names: Names) => Recorded
  readonly success: (names: Names) => Recorded
  readonly error: (names: Names) => Recorded
  readonly abort: (names: Names) => Recorded
  readonly unregister: (names: Names) => Recorded
}

type Headers = Recorded["headers"]

const host = "127.0.0.1:19322"
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

const encode = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body))

const form = (head: Headers, path: string, boundary: string, length: number, parts: ReadonlyArray<Part>): Recorded => ({
  path,
  headers: [...head, ["content-type", `multipart/form-data; boundary=${boundary}`], ...closed(length)],
  body: formBytes(parts, boundary)
})

/** Downloads bypass the HTTP client of the other calls. */
const download = ({ job, jobToken, runnerToken, video }: Names): Recorded => ({
  path: `${R}/jobs/${job}/files/videos/${video}/max-quality`,
  headers: [
    ["Content-Type", "application/json"],
    ["Content-Length", "115"],
    ["Host", host],
    ["Connection", "keep-alive"]
  ],
  body: encode({ runnerToken, jobToken })
})

const tokens = ({ jobToken, runnerToken }: Names): ReadonlyArray<Part> => [
  ["jobToken", jobToken],
  ["runnerToken", runnerToken]
]

const result = (name: string): ReadonlyArray<Part> => [
  ["payload[videoFile]", media({ height: 240, size: 164_791 }), `${name}-240-fragmented.mp4`, "video/mp4"],
  [
    "payload[resolutionPlaylistFile]",
    playlist(`${name}-240-fragmented.mp4`),
    `${name}-240.m3u8`,
    "application/vnd.apple.mpegurl"
  ]
]

const failure =
  "ffmpeg exited with code 1: Error reinitializing filters!\nFailed to inject frame into filter network: Invalid argument\nError while processing the decoded data for stream #0:1\nConversion failed!\n"

/** The order of headers of the older program: host first, no `Accept`. Its `error` and `abort` were not recorded. */
const olderJson = (path: string, body: unknown, length: number): Recorded => ({
  path,
  headers: [...transfer, ...jsonType, ...closed(length)],
  body: encode(body)
})

const newerJson = (path: string, body: unknown, length: number): Recorded => ({
  path,
  headers: [...jsonType, ...accepting, ...transfer, ...closed(length)],
  body: encode(body)
})

const ending = (json: typeof olderJson) => ({
  error: ({ job, jobToken, runnerToken }: Names) =>
    json(`${R}/jobs/${job}/error`, { message: failure, jobToken, runnerToken }, 325),
  abort: ({ job, jobToken, runnerToken }: Names) =>
    json(`${R}/jobs/${job}/abort`, { reason: "Runner stopped", jobToken, runnerToken }, 141),
  unregister: ({ runnerToken }: Names) => json(`${R}/unregister`, { runnerToken }, 59),
  accept: ({ job, runnerToken }: Names) => json(`${R}/jobs/${job}/accept`, { runnerToken }, 59),
  download
})

const older: Runner = {
  version: "0.0.21",
  ...ending(olderJson),
  register: ({ registrationToken }) =>
    olderJson(`${R}/register`, { name: "probe6", registrationToken, description: "first probe" }, 110),
  request: ({ runnerToken }) => olderJson(`${R}/jobs/request`, { runnerToken }, 59),
  update: (names) =>
    form(
      transfer,
      `${R}/jobs/${names.job}/update`,
      "--------------------------214972913462989072805525",
      356,
      tokens(names)
    ),
  success: (names) =>
    form(transfer, `${R}/jobs/${names.job}/success`, "--------------------------638136616257014116289971", 165_898, [
      ...tokens(names),
      ...result("85e04fb4-d3b3-4558-beb7-f6905979434e")
    ])
}

const newer: Runner = {
  version: "0.4",
  ...ending(newerJson),
  register: ({ registrationToken }) =>
    newerJson(
      `${R}/register`,
      { name: "probenew", registrationToken, description: "second probe", version: "0.4.0" },
      131
    ),
  request: ({ runnerToken }) => newerJson(`${R}/jobs/request`, { runnerToken, version: "0.4.0" }, 77),
  update: (names) =>
    form(
      [...accepting, ...transfer],
      `${R}/jobs/${names.job}/update`,
      "--------------------------12e1fcfce5157fc869818696",
      464,
      [["progress", "0"], ...tokens(names)]
    ),
  success: (names) =>
    form(
      [...accepting, ...transfer],
      `${R}/jobs/${names.job}/success`,
      "--------------------------7e80d9a4a473fc92efa3e4d5",
      165_898,
      [...tokens(names), ...result("112b8989-6bb0-424c-9aff-83ceb4dfbc3c")]
    )
}

/** The bytes of the media file that runner 0.4 was recorded to bring to an address of its own. */
export const uploadedSize = 165_193

/** How it brought them. */
export const recordedUpload = (path: string): Recorded => ({
  method: "PUT",
  ...form([...accepting, ...transfer], path, "--------------------------97df3d9578976d96c3458ff0", 165_437, [
    ["file", media({ height: 240, size: uploadedSize }), "output-7e1f53d6-de85-4b97-a24d-a216a069f6f1.mp4", "video/mp4"]
  ])
})

export const recordedRunners: ReadonlyArray<Runner> = [older, newer]

/** The recorded length, which the body must have. */
export const recordedLength = ({ headers }: Recorded): number =>
  Number(headers.find(([name]) => name === "Content-Length")?.[1])

/** The request as it goes over a connection. */
export const rawBytes = ({ body, headers, method = "POST", path }: Recorded): Uint8Array => {
  const head = [`${method} ${path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""].join(
    "\r\n"
  )
  return Uint8Array.from(Buffer.concat([new TextEncoder().encode(head), body]))
}
