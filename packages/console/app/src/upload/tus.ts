import { resumableUploadsPath } from "@runner-connector/protocol/client"
import { type DetailedError, defaultOptions, type HttpRequest, type HttpResponse, Upload } from "tus-js-client"
import { ApiError, refusal } from "../api/client.ts"
import { place } from "../site.ts"
import type { Listener, Transfer } from "./transfer.ts"

const endpoint = new URL(place.api + resumableUploadsPath, location.href).href

/** The most bytes that an interruption costs. */
const PART = 8 * 1024 * 1024

/** Tries again for about a day without any progress. Servers keep unfinished uploads that long. */
const retryDelays = [500, 1000, 2000, 4000, ...Array<number>(10_000).fill(8000)]

/** Statuses of an upload that the server does not have any more. */
const GONE: ReadonlyArray<number> = [404, 410]
/** The previous connection may still hold the upload, or the server is busy. */
const PASSING: ReadonlyArray<number> = [409, 423, 429]

/** After any other refusal the library would begin a new upload, for example while a proxy waits for the server. */
const keepUpload = (request: HttpRequest, answer: HttpResponse) => {
  const status = answer.getStatus()
  if (request.getMethod() === "HEAD" && status >= 400 && ![...GONE, 423].includes(status)) {
    throw refusal(status, answer.getBody())
  }
}

const errorOf = (error: Partial<DetailedError>): ApiError => {
  if (error.causingError instanceof ApiError) return error.causingError
  const answer = error.originalResponse
  return refusal(answer?.getStatus() ?? 0, answer?.getBody() ?? "")
}

const isPassing = ({ status }: ApiError) => status === 0 || status >= 500 || PASSING.includes(status)

/** The uploads of this page. Each has a lock, so that other pages of the browser leave it alone. */
const own = new Map<string, () => void>()

const hold = (url: string) => {
  if (own.has(url)) return
  own.set(url, () => undefined)
  // Browsers have locks only where the page was loaded securely.
  void navigator.locks?.request(url, () => new Promise<void>((release) => own.set(url, release)))
}

const release = (url: string | null) => {
  own.get(url ?? "")?.()
  own.delete(url ?? "")
}

const urlsInUse = async (): Promise<ReadonlySet<string | null | undefined>> => {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  return new Set([...own.keys(), ...held.map(({ name }) => name)])
}

interface PartsListener extends Listener {
  /** The server has given the upload its URL, or has it still. */
  readonly onPlace: (url: string) => void
}

const discard = (upload: Upload) => void upload.abort(true).catch(() => undefined)

const uploadOf = (
  file: File,
  fields: ReadonlyArray<readonly [string, string]>,
  listener: PartsListener,
  isCancelled: () => boolean
) => {
  const upload = new Upload(file, {
    endpoint,
    chunkSize: PART,
    retryDelays,
    metadata: { filename: file.name, filetype: file.type, ...Object.fromEntries(fields) },
    removeFingerprintOnSuccess: true,
    onAfterResponse: keepUpload,
    onShouldRetry: (error) => {
      const isLost = !isCancelled() && isPassing(errorOf(error))
      if (isLost) listener.onLost()
      return isLost
    },
    onUploadUrlAvailable: () => {
      if (isCancelled()) return discard(upload)
      hold(upload.url ?? "")
      listener.onPlace(upload.url ?? "")
    },
    onProgress: listener.onProgress,
    onSuccess: () => {
      release(upload.url)
      listener.onDone()
    },
    onError: (error) => {
      if (!isCancelled()) listener.onFailed(errorOf(error))
    }
  })
  return upload
}

/** Sends a file in parts. Continues an earlier upload of the same file from this browser. */
export const sendInParts = async (
  file: File,
  fields: ReadonlyArray<readonly [string, string]>,
  listener: PartsListener
): Promise<Transfer> => {
  let isCancelled = false
  const upload = uploadOf(file, fields, listener, () => isCancelled)
  const inUse = await urlsInUse()
  const before = (await upload.findPreviousUploads()).find(({ uploadUrl }) => !inUse.has(uploadUrl))
  if (before !== undefined) upload.resumeFromPreviousUpload(before)
  return {
    start: () => upload.start(),
    pause: () => void upload.abort(),
    cancel: () => {
      const { url } = upload
      isCancelled = true
      // Without its URL it cannot be deleted yet. The server may be about to answer with one.
      if (url === null) return
      discard(upload)
      release(url)
    }
  }
}

/** An upload that an earlier page has not finished. */
export interface Interrupted {
  readonly url: string
  readonly name: string
  readonly size: number
  readonly sent: number
  readonly discard: () => void
}

/** Unfinished uploads of earlier pages, as far as the server still has them. */
export const findInterrupted = async (): Promise<ReadonlyArray<Interrupted>> => {
  const inUse = await urlsInUse()
  const known = (await defaultOptions.urlStorage.findAllUploads()).filter(
    ({ uploadUrl }) => uploadUrl?.startsWith(endpoint) === true && !inUse.has(uploadUrl)
  )
  const found = known.map(async ({ metadata, size, uploadUrl, urlStorageKey }): Promise<Interrupted | undefined> => {
    const url = uploadUrl ?? ""
    const forget = () => void defaultOptions.urlStorage.removeUpload(urlStorageKey)
    const answer = await fetch(url, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } }).catch(() => undefined)
    const sent = Number(answer?.headers.get("upload-offset"))
    if (GONE.includes(answer?.status ?? 0) || sent === size) {
      forget()
      return undefined
    }
    const discard = () => {
      forget()
      void Upload.terminate(url).catch(() => undefined)
    }
    return { url, name: metadata.filename ?? "", size: size ?? 0, sent, discard }
  })
  return (await Promise.all(found)).filter((one) => one !== undefined)
}
