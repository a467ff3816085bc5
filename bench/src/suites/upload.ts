import { once } from "node:events"
import { mkdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { Endpoint, Endpoints } from "@runner-connector/protocol"
import { type Child, start } from "../children.ts"
import { type Client, makeClient } from "../http.ts"
import { makeClip, makeRendition } from "../media.ts"
import { addRunner, pendingIds, type Rows } from "../rows.ts"
import { handIn, type Situation } from "../situation.ts"

export interface UploadResult {
  readonly what: string
  readonly mebibytes: number
  readonly seconds: number
  readonly mebibytesPerSecond: number
  /** Peak memory of the process in MiB, minus its memory before the upload. */
  readonly memoryGrowth: number
}

const RUNNER = "ptrt-00000000-0000-4000-8000-00000000cccc"
const BOUNDARY = "--------------------------benchmark"
const MIB = 1024 ** 2
/** The name of the runner's files. */
export const RENDITION = "11111111-2222-4333-8444-555555555555-360"

/** A box that players skip. It pads a valid MP4 to any size. */
const freeBox = (bytes: number): Buffer => {
  const head = Buffer.alloc(16)
  head.writeUInt32BE(1, 0)
  head.write("free", 4, "latin1")
  head.writeBigUInt64BE(BigInt(bytes), 8)
  return head
}

const part = (name: string, extra = "", type = ""): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n${type}\r\n`

/** The form of `success`, with a media file of this size. */
export async function* formOf(
  folder: string,
  tokens: { readonly job: string; readonly runner: string },
  bytes: number
): AsyncGenerator<Buffer> {
  const media = await readFile(join(folder, `${RENDITION}-fragmented.mp4`))
  const playlist = await readFile(join(folder, `${RENDITION}.m3u8`))
  yield Buffer.from(`${part("jobToken")}${tokens.job}\r\n${part("runnerToken")}${tokens.runner}\r\n`)
  const filename = `; filename="${RENDITION}-fragmented.mp4"`
  yield Buffer.from(part("payload[videoFile]", filename, "Content-Type: video/mp4\r\n"))
  yield media
  const padding = bytes - media.length
  yield freeBox(padding)
  const zeros = Buffer.alloc(256 * 1024)
  for (let left = padding - 16; left > 0; left -= zeros.length) yield zeros.subarray(0, Math.min(left, zeros.length))
  const type = "Content-Type: application/vnd.apple.mpegurl\r\n"
  yield Buffer.from(`\r\n${part("payload[resolutionPlaylistFile]", `; filename="${RENDITION}.m3u8"`, type)}`)
  yield playlist
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
}

/** Sends a form and resolves with the seconds that it took. */
export const send = async (client: Client, path: string, body: AsyncIterable<Buffer>): Promise<number> => {
  const { answer, request } = client.open(path, { "content-type": `multipart/form-data; boundary=${BOUNDARY}` })
  const began = performance.now()
  for await (const chunk of body) if (!request.write(chunk)) await once(request, "drain")
  request.end()
  const { body: text, status } = await answer
  if (status !== 204) throw new Error(`The upload was answered with ${status}: ${text}`)
  return (performance.now() - began) / 1000
}

const measured = async (what: string, child: Child<number>, mebibytes: number, upload: () => Promise<number>) => {
  const before = await child.peakMemory()
  const seconds = await upload()
  const memoryGrowth = (await child.peakMemory()) - before
  const mebibytesPerSecond = Math.round(mebibytes / seconds)
  return { what, mebibytes, seconds: Math.round(seconds * 100) / 100, mebibytesPerSecond, memoryGrowth }
}

/** Submits a large result, and sends the same bytes to a minimal server that writes them to the disk. */
export const upload = async (
  situation: Situation,
  rows: Rows,
  mebibytes: number
): Promise<ReadonlyArray<UploadResult>> => {
  const { folder } = situation
  const bytes = mebibytes * MIB
  const sources = join(folder, "storage", "uploads")
  await mkdir(sources, { recursive: true })
  await makeClip(sources, "large.mp4", 4)
  await makeRendition(join(sources, "large.mp4"), folder, RENDITION)

  const bare = await start<number>("./baseline.ts", { FOLDER: folder, PORT: "0" })
  const bareClient = makeClient(bare.ready)
  const form = () => formOf(folder, { job: "-", runner: "-" }, bytes)
  const first = await measured("node:http piped to the disk", bare, mebibytes, () => send(bareClient, "/", form()))
  bareClient.close()
  await bare.stop()

  const server = await situation.startServer()
  const client = makeClient(server.ready)
  await rows.run(addRunner(RUNNER, "bench-upload"))
  await handIn(server, { path: "uploads/large.mp4", destination: "videos/large" })
  const [jobUUID = ""] = await rows.run(pendingIds(1))
  const accepted = await client.json(Endpoint.pathOf(Endpoints.accept, { jobUUID }), { runnerToken: RUNNER })
  const job: string = JSON.parse(accepted.body).job.jobToken
  const path = Endpoint.pathOf(Endpoints.success, { jobUUID })
  const second = await measured("success, stored and published", server, mebibytes, () =>
    send(client, path, formOf(folder, { job, runner: RUNNER }, bytes))
  )
  client.close()
  await server.stop()
  return [first, second]
}
