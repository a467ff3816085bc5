import { readFile } from "node:fs/promises"
import { join } from "node:path"

/** Between the parts of the form. */
export const BOUNDARY = "--------------------------benchmark"
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
