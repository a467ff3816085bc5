import { signal } from "@preact/signals"
import { sendForm } from "../api/http.ts"
import { t } from "../texts.ts"
import { percent, size } from "./format.ts"
import { announce } from "./news.ts"
import { navigate, to } from "./router.ts"

export type Fields = ReadonlyArray<readonly [name: string, value: string | File]>

export interface Upload {
  readonly id: number
  readonly file: File
  readonly fields: Fields
  readonly state: "waiting" | "sending" | "done" | "failed"
  readonly text: string
  readonly percent: number
  readonly error?: string
  /** A retry is pointless. */
  readonly isFinal?: boolean
}

/** Uploads that send at the same time. */
const AT_ONCE = 2
/** Seconds of sending before the speed is shown. */
const SPEED_AFTER = 2
/** Milliseconds for which the row of a finished upload stays. */
const STAYS = 2500

export const uploads = signal<ReadonlyArray<Upload>>([])
const aborts = new Map<number, AbortController>()
let last = 0

const isUnfinished = ({ state }: Upload) => state === "waiting" || state === "sending"

addEventListener("beforeunload", (event) => {
  if (uploads.value.some(isUnfinished)) event.preventDefault()
})

const change = (id: number, part: Partial<Upload>) => {
  uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, ...part } : upload))
}

const remove = (id: number) => {
  aborts.delete(id)
  uploads.value = uploads.value.filter((upload) => upload.id !== id)
}

const formOf = ({ fields, file }: Upload) => {
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  form.append("videoFile", file)
  return form
}

const progressText = (file: File, part: number, since: number) => {
  const seconds = (performance.now() - since) / 1000
  const speed = seconds > SPEED_AFTER ? `, ${size((file.size * part) / seconds)}/s` : ""
  return t.upload.sending(percent(100 * part), size(file.size), speed)
}

const send = async (upload: Upload) => {
  const { file, id } = upload
  const abort = new AbortController()
  aborts.set(id, abort)
  const since = performance.now()
  change(id, { state: "sending", error: undefined })
  try {
    await sendForm("/videos/upload", formOf(upload), {
      signal: abort.signal,
      onProgress: (sent, total) => {
        const part = total === 0 ? 0 : sent / total
        change(id, { percent: 100 * part, text: part < 1 ? progressText(file, part, since) : t.upload.checking })
      }
    })
    change(id, { state: "done", text: t.upload.done, percent: 100 })
    announce(t.upload.arrived(file.name))
    setTimeout(() => remove(id), STAYS)
  } catch (error) {
    if (abort.signal.aborted) return
    change(id, { state: "failed", text: "", error: error instanceof Error ? error.message : t.upload.failed })
    announce(t.upload.lost(file.name))
  }
}

const next = () => {
  while (uploads.value.filter(({ state }) => state === "sending").length < AT_ONCE) {
    const waiting = uploads.value.find(({ state }) => state === "waiting")
    if (waiting === undefined) return
    void send(waiting).finally(next)
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
    const common = { id: last, file, fields: fieldsFor(file), percent: 0 }
    const problem = problemOf(file, isFolder)
    return problem === undefined
      ? { ...common, state: "waiting", text: t.upload.waiting(size(file.size)) }
      : { ...common, state: "failed", text: "", error: problem, isFinal: true }
  })
  uploads.value = [...uploads.value, ...added]
  next()
}

export const retryUpload = (id: number): void => {
  const upload = uploads.value.find((one) => one.id === id)
  if (upload === undefined) return
  change(id, { state: "waiting", text: t.upload.waiting(size(upload.file.size)), percent: 0, error: undefined })
  next()
}

export const cancelUpload = (id: number): void => {
  aborts.get(id)?.abort()
  remove(id)
  next()
}

const field = () => document.querySelector<HTMLInputElement>("#files")
let isWanted = false

/** Opens the browser's choice of files. The screen of videos has its field, so that screen is shown first. */
export const openFiles = (): void => {
  isWanted = field() === null
  if (isWanted) navigate(to("videos"))
  else field()?.click()
}

/** Opens the choice of files that was requested on another screen. */
export const openWantedFiles = (): void => {
  if (isWanted) field()?.click()
  isWanted = false
}
