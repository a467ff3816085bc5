import { signal } from "@preact/signals"
import { useEffect, useState } from "preact/hooks"
import { get } from "../api/http.ts"
import {
  addFiles,
  cancelUpload,
  type Fields,
  openWantedFiles,
  retryUpload,
  type Upload,
  uploads
} from "../state/uploads.ts"
import { t } from "../texts.ts"
import { Progress } from "../ui/basic.tsx"
import { Icon } from "../ui/icons.tsx"

type Flag = "webVideos" | "splitAudio" | "keepSource"
type Plan = Readonly<Record<Flag, boolean>>

const flags: ReadonlyArray<readonly [Flag, text: string, hint: string]> = [
  ["webVideos", t.upload.webVideos, t.upload.webVideosHint],
  ["splitAudio", t.upload.splitAudio, t.upload.splitAudioHint],
  ["keepSource", t.upload.keepSource, t.upload.keepSourceHint]
]

/** The options that the user has set. The server's defaults apply to all others. */
const touched = signal<Partial<Plan>>({})
const picture = signal<File | undefined>(undefined)

const SOUND = /\.(?:aac|aif+|flac|m4a|mka|mp3|oga|ogg|opus|wav|wma)$/i
const isSound = ({ name, type }: File) => type.startsWith("audio/") || (type === "" && SOUND.test(name))

const fieldsFor = (file: File): Fields => {
  const fields: Fields = Object.entries(touched.value).map(([name, value]) => [name, `${value}`] as const)
  const image = picture.value
  return image === undefined || !isSound(file) ? fields : [...fields, ["previewFile", image]]
}

const plain = (files: Iterable<File>) => [...files].map((file) => ({ file, isFolder: false }))

const dropped = (transfer: DataTransfer) =>
  [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .flatMap((item) => {
      const file = item.getAsFile()
      return file === null ? [] : [{ file, isFolder: item.webkitGetAsEntry()?.isDirectory === true }]
    })

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true

/** Files may be dropped anywhere on the page. */
const useDrop = (): boolean => {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    const drop = (event: DragEvent) => {
      setOver(false)
      if (!hasFiles(event) || event.dataTransfer === null) return
      event.preventDefault()
      addFiles(dropped(event.dataTransfer), fieldsFor)
    }
    addEventListener("dragover", over)
    addEventListener("dragleave", leave)
    addEventListener("drop", drop)
    return () => {
      removeEventListener("dragover", over)
      removeEventListener("dragleave", leave)
      removeEventListener("drop", drop)
    }
  }, [])
  return isOver
}

const Options = () => {
  const [defaults, setDefaults] = useState<Partial<Plan>>({ keepSource: true })
  const count = Object.keys(touched.value).length + (picture.value === undefined ? 0 : 1)
  const showDefaults = () =>
    void get<{ plan: Plan }>("/access").then(
      ({ plan }) => setDefaults(plan),
      () => undefined
    )
  return (
    <details class="options" onToggle={(event) => event.currentTarget.open && showDefaults()}>
      <summary>
        {t.upload.options} {count === 0 ? null : <span class="count">{t.upload.set(count)}</span>}
      </summary>
      <div class="options-body">
        <p class="hint">{t.upload.scope}</p>
        {flags.map(([name, text, hint]) => (
          <label class="check" key={name}>
            <input
              type="checkbox"
              name={name}
              checked={touched.value[name] ?? defaults[name] ?? false}
              onChange={(event) => {
                touched.value = { ...touched.value, [name]: event.currentTarget.checked }
              }}
            />
            <span>
              {text} <small>{hint}</small>
            </span>
          </label>
        ))}
        <div class="field">
          <label for="preview-file">{t.upload.picture}</label>
          <div class="inline">
            <input
              id="preview-file"
              type="file"
              accept="image/jpeg,image/png"
              aria-describedby="preview-hint"
              onChange={(event) => {
                picture.value = event.currentTarget.files?.[0]
              }}
            />
          </div>
          <small id="preview-hint">{t.upload.pictureHint}</small>
        </div>
      </div>
    </details>
  )
}

const Row = ({ upload }: { readonly upload: Upload }) => {
  const { error, file, id, isFinal, percent, state, text } = upload
  return (
    <li class="upload" data-state={state}>
      <span class="upload-name" dir="auto">
        {file.name}
      </span>
      <span class="upload-text">{text}</span>
      <Progress value={percent} label={t.upload.progress(file.name)} tone={state === "failed" ? "bad" : "busy"} />
      {error === undefined ? null : <p class="error">{error}</p>}
      <div class="buttons">
        {state === "failed" && isFinal !== true ? (
          <button
            type="button"
            class="button small"
            aria-label={`${t.actions.retry}: ${file.name}`}
            onClick={() => retryUpload(id)}
          >
            {t.actions.retry}
          </button>
        ) : null}
        {state === "done" ? null : (
          <button
            type="button"
            class="button small"
            aria-label={`${state === "failed" ? t.actions.dismiss : t.actions.cancel}: ${file.name}`}
            onClick={() => cancelUpload(id)}
          >
            {state === "failed" ? t.actions.dismiss : t.actions.cancel}
          </button>
        )}
      </div>
    </li>
  )
}

/** The choice of files, its options, and the uploads in progress. */
export const UploadArea = ({ isProminent }: { readonly isProminent: boolean }) => {
  const isOver = useDrop()
  useEffect(openWantedFiles, [])
  return (
    <section class="upload-area" aria-label={t.upload.title} data-over={isOver} data-prominent={isProminent}>
      <div class="drop">
        <Icon name="upload" />
        <p class="drop-title">{t.upload.drop}</p>
        <label class="button primary">
          <input
            id="files"
            class="visually-hidden"
            type="file"
            multiple
            accept="video/*,audio/*,.mkv,.mov,.avi,.webm,.mts,.m2ts,.ts,.flv,.wmv,.mxf"
            onChange={(event) => {
              addFiles(plain(event.currentTarget.files ?? []), fieldsFor)
              event.currentTarget.value = ""
            }}
          />
          <span>{t.upload.choose}</span>
        </label>
        <p class="hint">{t.upload.hint}</p>
        <Options />
      </div>
      {uploads.value.length === 0 ? null : (
        <ul class="uploads" aria-label={t.upload.list}>
          {uploads.value.map((upload) => (
            <Row key={upload.id} upload={upload} />
          ))}
        </ul>
      )}
    </section>
  )
}
