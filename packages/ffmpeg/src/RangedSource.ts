import { Effect, Schedule } from "effect"
import type { InputBytes } from "./ByteRanges.ts"
import { FfmpegError } from "./Ffmpeg.ts"

/** The server refused the request. A retry would get the same response. */
class Refused extends Error {}

const contentRange = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/

const parseRange = (response: Response): { readonly start: number; readonly size: number } => {
  const [, start = "0", size] = contentRange.exec(response.headers.get("content-range") ?? "") ?? []
  if (size === undefined) throw new Refused(`the server does not support Range requests (status ${response.status})`)
  return { start: Number(start), size: Number(size) }
}

/** Sends one Range request. An empty file has no valid range, so the server responds with status 416 and size 0. */
const request = async (url: URL, start: number, end: number, signal: AbortSignal) => {
  const headers = { range: `bytes=${start}-${end - 1}`, "accept-encoding": "identity" }
  const response = await fetch(url, { headers, signal })
  try {
    if (response.status === 416) return { size: parseRange(response).size, bytes: new Uint8Array(0) }
    if (response.status >= 400 && response.status < 500)
      throw new Refused(`the server responded with ${response.status}`)
    if (!response.ok) throw new Error(`the server responded with ${response.status}`)
    const range = parseRange(response)
    const expected = Math.min(end, range.size) - start
    if (range.start !== start) throw new Refused("the server returned a different range")
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.length !== expected) throw new Error(`the server sent ${bytes.length} of ${expected} bytes`)
    return { size: range.size, bytes }
  } finally {
    if (!response.bodyUsed) await response.body?.cancel()
  }
}

/** Errors contain only the host, because the query of an address may be a secret. */
const fetchRange = (url: URL, start: number, end: number) =>
  Effect.tryPromise({ try: (signal) => request(url, start, end, signal), catch: (cause) => cause }).pipe(
    Effect.retry({
      times: 2,
      schedule: Schedule.exponential("200 millis"),
      while: (cause) => !(cause instanceof Refused)
    }),
    Effect.mapError((cause) => {
      const why = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : cause
      return new FfmpegError({ program: "ffmpeg", reason: "source", cause: new Error(`${url.host}: ${why}`) })
    })
  )

/** Fetches the size together with the first block, because reads usually begin at the start of the file. */
export const open = (url: URL, block: number): Effect.Effect<InputBytes, FfmpegError> =>
  Effect.map(fetchRange(url, 0, block), ({ bytes: first, size }) => ({
    size,
    read: (start, end) =>
      end <= first.length || first.length === size
        ? Effect.succeed(first.subarray(start, end))
        : Effect.map(fetchRange(url, start, end), ({ bytes }) => bytes)
  }))
