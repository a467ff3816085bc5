import { signal } from "@preact/signals"
import { client } from "../api/client.ts"
import { announce } from "../state/news.ts"
import { t } from "../texts.ts"
import { sendAsForm } from "./form.ts"
import { dropInterrupted } from "./interrupted.ts"
import type { Fields, Listener, Transfer } from "./transfer.ts"

export interface Upload {
  readonly id: number
  readonly file: File
  readonly fields: Fields
  readonly state: "waiting" | "sending" | "paused" | "done" | "failed"
  /** Bytes. */
  readonly sent: number
  /** Bytes a second. Undefined until it is known. */
  readonly speed?: number
  /** The start of the current measurement of the speed. */
  readonly mark?: { readonly at: number; readonly sent: number }
  /** The connection is lost, and the upload tries again. */
  readonly isLost?: boolean
  readonly canPause?: boolean
  readonly error?: string
  /** A retry is pointless. */
  readonly isFinal?: boolean
}

/** Uploads that send at the same time. Browsers allow six connections, and the rest of the page needs some of them. */
const AT_ONCE = 3
/** Seconds between two measurements of the speed. */
const MEASURED = 1
/** Milliseconds for which the row of a finished upload stays. */
const STAYS = 2500
/** The server has refused the file or its options. */
const FINAL: ReadonlyArray<unknown> = [400, 413, 422]

export const uploads = signal<ReadonlyArray<Upload>>([])
const transfers = new Map<number, Transfer>()
let last = 0

const find = (id: number) => uploads.value.find((upload) => upload.id === id)

addEventListener("beforeunload", (event) => {
  if (uploads.value.some(({ state }) => state === "waiting" || state === "sending")) event.preventDefault()
})

const change = (id: number, part: Partial<Upload>) => {
  uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, ...part } : upload))
}

const remove = (id: number) => {
  transfers.delete(id)
  uploads.value = uploads.value.filter((upload) => upload.id !== id)
}

/** Progress with the speed, as an average that follows changes slowly. */
const progressOf = ({ mark, speed }: Upload, sent: number): Partial<Upload> => {
  const now = { at: performance.now(), sent }
  if (mark === undefined) return { sent, isLost: false, mark: now }
  const seconds = (now.at - mark.at) / 1000
  if (seconds < MEASURED) return { sent, isLost: false }
  const measured = Math.max(0, sent - mark.sent) / seconds
  return { sent, isLost: false, mark: now, speed: speed === undefined ? measured : 0.7 * speed + 0.3 * measured }
}

const fail = (id: number, error: Error) => {
  change(id, { state: "failed", error: error.message, isFinal: FINAL.includes(Reflect.get(error, "status")) })
  announce(t.upload.lost(find(id)?.file.name ?? ""))
  next()
}

const listenerOf = ({ file, id }: Upload): Listener => ({
  onProgress: (sent) => {
    const upload = find(id)
    if (upload?.state === "sending") change(id, progressOf(upload, sent))
  },
  onLost: () => change(id, { isLost: true, speed: undefined, mark: undefined }),
  onDone: () => {
    change(id, { state: "done", sent: file.size })
    announce(t.upload.arrived(file.name))
    setTimeout(() => remove(id), STAYS)
    next()
  },
  onFailed: (error) => fail(id, error)
})

const open = async (upload: Upload): Promise<Transfer> => {
  const { fields, file } = upload
  const listener = listenerOf(upload)
  const texts = fields.filter((field): field is readonly [string, string] => typeof field[1] === "string")
  const { resumableUploads } = await client.getCapabilities()
  if (!resumableUploads.available || texts.length < fields.length) return sendAsForm(file, fields, listener)
  const { sendInParts } = await import("./tus.ts")
  return sendInParts(file, texts, { ...listener, onPlace: dropInterrupted })
}

const send = async (upload: Upload) => {
  const { id } = upload
  change(id, { state: "sending", error: undefined, isLost: false, speed: undefined, mark: undefined })
  try {
    const transfer = transfers.get(id) ?? (await open(upload))
    // The user may have cancelled or paused it meanwhile.
    if (find(id) === undefined) return
    transfers.set(id, transfer)
    change(id, { canPause: transfer.pause !== undefined })
    if (find(id)?.state === "sending") transfer.start()
  } catch (error) {
    fail(id, error as Error)
  }
}

const next = () => {
  while (uploads.value.filter(({ state }) => state === "sending").length < AT_ONCE) {
    const waiting = uploads.value.find(({ state }) => state === "waiting")
    if (waiting === undefined) return
    void send(waiting)
  }
}

const problemOf = (file: File, isFolder: boolean) =>
  isFolder ? t.upload.folder : file.size === 0 ? t.upload.empty : undefined

/** Queues files with the options of the form. */
export const addFiles = (
  picked: ReadonlyArray<{ readonly file: File; readonly isFolder: boolean }>,
  fieldsFor: (file: File) => Fields
): void => {
  const added = picked.map(({ file, isFolder }): Upload => {
    last += 1
    const error = problemOf(file, isFolder)
    const common = { id: last, file, fields: fieldsFor(file), sent: 0 }
    return error === undefined ? { ...common, state: "waiting" } : { ...common, state: "failed", error, isFinal: true }
  })
  uploads.value = [...uploads.value, ...added]
  next()
}

/** Continues a paused or failed upload. */
export const resumeUpload = (id: number): void => {
  change(id, { state: "waiting", error: undefined })
  next()
}

export const pauseUpload = (id: number): void => {
  transfers.get(id)?.pause?.()
  change(id, { state: "paused", isLost: false })
  next()
}

export const cancelUpload = (id: number): void => {
  transfers.get(id)?.cancel()
  remove(id)
  next()
}
