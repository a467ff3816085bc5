/** A form part: text, or bytes with a file name. */
export type Part =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly filename: string; readonly type: string; readonly bytes: Uint8Array }

export interface JobTokens {
  readonly jobToken: string
  readonly runnerToken: string
}

/** The recorded requests of a runner version: header lines in their order and spelling, and bodies. */
export interface RecordedRunner {
  readonly version: string
  readonly jsonHeaders: (host: string, length: number) => ReadonlyArray<string>
  readonly formHeaders: (host: string, boundary: string, length: number) => ReadonlyArray<string>
  /** The end of the dashes in the boundary. */
  readonly boundary: string
  readonly webSocketKey: string
  readonly register: (registrationToken: string) => object
  /** The newer runner can restrict its job types. */
  readonly request: (runnerToken: string, jobTypes?: ReadonlyArray<string>) => object
  /** The first report of a job. The older runner omits the progress, except for edits. */
  readonly firstReport: (jobType: string) => ReadonlyArray<Part>
  /** The call that comes first after a job was accepted. */
  readonly reportsBeforeDownload: boolean
}

const encodings = "Accept-Encoding: gzip, deflate"
const json = "Content-Type: application/json"
const accept = "Accept: application/json"
const close = "Connection: close"
const form = (boundary: string) => `content-type: multipart/form-data; boundary=${boundary}`

const noProgress: ReadonlyArray<Part> = [{ name: "progress", text: "0" }]

export const recordedRunners: ReadonlyArray<RecordedRunner> = [
  {
    version: "0.0.21",
    jsonHeaders: (host, length) => [`Host: ${host}`, encodings, json, `Content-Length: ${length}`, close],
    formHeaders: (host, boundary, length) => [
      ...[`Host: ${host}`, encodings, form(boundary)],
      ...[`Content-Length: ${length}`, close]
    ],
    boundary: "974764089653952457771102",
    webSocketKey: "7nTTuySi4f+HaDbRUJs6Bg==",
    register: (registrationToken) => ({ name: "probe6", registrationToken, description: "first probe" }),
    request: (runnerToken) => ({ runnerToken }),
    firstReport: (jobType) => (jobType === "video-studio-transcoding" ? noProgress : []),
    reportsBeforeDownload: true
  },
  {
    version: "0.4.0",
    jsonHeaders: (host, length) => [json, accept, `Host: ${host}`, encodings, `Content-Length: ${length}`, close],
    formHeaders: (host, boundary, length) => [
      ...[accept, `Host: ${host}`, encodings, form(boundary)],
      ...[`Content-Length: ${length}`, close]
    ],
    boundary: "072772f57c56cd9046cd096d",
    webSocketKey: "AlsSz1O92P09jstQtdxPZg==",
    register: (registrationToken) => ({
      ...{ name: "probenew", registrationToken },
      ...{ description: "second probe", version: "0.4.0" }
    }),
    request: (runnerToken, jobTypes) => ({ runnerToken, ...(jobTypes && { jobTypes }), version: "0.4.0" }),
    firstReport: () => noProgress,
    reportsBeforeDownload: false
  }
]

const CRLF = "\r\n"

export const message = (line: string, headers: ReadonlyArray<string>, body: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([line, ...headers, "", ""].join(CRLF)), body])

/** Both recorded versions download with a separate client that sends other headers. */
export const downloadMessage = (path: string, host: string, tokens: JobTokens): Buffer => {
  const body = Buffer.from(JSON.stringify({ runnerToken: tokens.runnerToken, jobToken: tokens.jobToken }))
  const headers = [json, `Content-Length: ${body.length}`, `Host: ${host}`, "Connection: keep-alive"]
  return message(`POST ${path} HTTP/1.1`, headers, body)
}

export const upgradeMessage = (runner: RecordedRunner, host: string): Buffer =>
  message("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", [
    ...["Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${runner.webSocketKey}`, "Connection: Upgrade"],
    ...["Upgrade: websocket", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", `Host: ${host}`]
  ])

export const jsonMessage = (runner: RecordedRunner, path: string, host: string, document: object): Buffer => {
  const body = Buffer.from(JSON.stringify(document))
  return message(`POST ${path} HTTP/1.1`, runner.jsonHeaders(host, body.length), body)
}

const partBytes = (boundary: string, part: Part): Buffer => {
  const disposition = `Content-Disposition: form-data; name="${part.name}"`
  const head =
    "text" in part ? [disposition] : [`${disposition}; filename="${part.filename}"`, `Content-Type: ${part.type}`]
  const content = "text" in part ? Buffer.from(part.text) : part.bytes
  return Buffer.concat([Buffer.from([`--${boundary}`, ...head, "", ""].join(CRLF)), content, Buffer.from(CRLF)])
}

/** A form in which the tokens precede all large fields. */
export const formMessage = (
  runner: RecordedRunner,
  path: string,
  host: string,
  parts: ReadonlyArray<Part>,
  method: "POST" | "PUT" = "POST"
): Buffer => {
  const boundary = `--------------------------${runner.boundary}`
  const body = Buffer.concat([...parts.map((part) => partBytes(boundary, part)), Buffer.from(`--${boundary}--${CRLF}`)])
  return message(`${method} ${path} HTTP/1.1`, runner.formHeaders(host, boundary, body.length), body)
}

export const tokenParts = ({ jobToken, runnerToken }: JobTokens): ReadonlyArray<Part> => [
  { name: "jobToken", text: jobToken },
  { name: "runnerToken", text: runnerToken }
]
