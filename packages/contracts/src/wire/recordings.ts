import { playlist } from "./arrange.ts"
import type { Part } from "./client.ts"
import { R } from "./client.ts"
import { media } from "./media.ts"
import {
  encode,
  type Form,
  host,
  type Names,
  newerForm,
  newerJson,
  olderForm,
  olderJson,
  type Recorded,
  tokens
} from "./recordedForms.ts"

/** The recorded requests of one runner version. */
export interface Runner {
  readonly version: "0.0.21" | "0.4"
  readonly form: Form
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
  form: olderForm,
  ...ending(olderJson),
  register: ({ registrationToken }) =>
    olderJson(`${R}/register`, { name: "probe6", registrationToken, description: "first probe" }, 110),
  request: ({ runnerToken }) => olderJson(`${R}/jobs/request`, { runnerToken }, 59),
  update: (names) => olderForm(`${R}/jobs/${names.job}/update`, "214972913462989072805525", 356, tokens(names)),
  success: (names) =>
    olderForm(`${R}/jobs/${names.job}/success`, "638136616257014116289971", 165_898, [
      ...tokens(names),
      ...result("85e04fb4-d3b3-4558-beb7-f6905979434e")
    ])
}

const newer: Runner = {
  version: "0.4",
  form: newerForm,
  ...ending(newerJson),
  register: ({ registrationToken }) =>
    newerJson(
      `${R}/register`,
      { name: "probenew", registrationToken, description: "second probe", version: "0.4.0" },
      131
    ),
  request: ({ runnerToken }) => newerJson(`${R}/jobs/request`, { runnerToken, version: "0.4.0" }, 77),
  update: (names) =>
    newerForm(`${R}/jobs/${names.job}/update`, "12e1fcfce5157fc869818696", 464, [["progress", "0"], ...tokens(names)]),
  success: (names) =>
    newerForm(`${R}/jobs/${names.job}/success`, "7e80d9a4a473fc92efa3e4d5", 165_898, [
      ...tokens(names),
      ...result("112b8989-6bb0-424c-9aff-83ceb4dfbc3c")
    ])
}

/** The size of the media file that runner 0.4 uploaded to its own URL. */
export const uploadedSize = 165_193

/** The recorded upload request. */
export const recordedUpload = (path: string): Recorded => ({
  method: "PUT",
  ...newerForm(path, "97df3d9578976d96c3458ff0", 165_437, [
    ["file", media({ height: 240, size: uploadedSize }), "output-7e1f53d6-de85-4b97-a24d-a216a069f6f1.mp4", "video/mp4"]
  ])
})

export const recordedRunners: ReadonlyArray<Runner> = [older, newer]

export type { Names, Recorded } from "./recordedForms.ts"
export { recordedLength } from "./recordedForms.ts"

/** The request as sent over a connection. */
export const rawBytes = ({ body, headers, method = "POST", path }: Recorded): Uint8Array => {
  const head = [`${method} ${path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""].join(
    "\r\n"
  )
  return Uint8Array.from(Buffer.concat([new TextEncoder().encode(head), body]))
}
