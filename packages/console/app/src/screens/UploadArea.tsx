import { useEffect, useState } from "preact/hooks"
import { t } from "../texts.ts"
import { Icon } from "../ui/icons.tsx"
import { openWantedFiles } from "../upload/files.ts"
import { loadInterrupted } from "../upload/interrupted.ts"
import { addFiles } from "../upload/queue.ts"
import { fieldsFor, UploadOptions } from "./UploadOptions.tsx"
import { UploadRows } from "./UploadRows.tsx"

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

/** The choice of files, its options, and the uploads. */
export const UploadArea = ({ isProminent }: { readonly isProminent: boolean }) => {
  const isOver = useDrop()
  useEffect(() => {
    openWantedFiles()
    void loadInterrupted()
  }, [])
  return (
    <section class="upload-area" aria-label={t.upload.title} data-over={isOver} data-prominent={isProminent}>
      <div class="drop">
        <Icon name="upload" />
        <p class="drop-title">{t.upload.drop}</p>
        <p class="hint">{t.upload.hint}</p>
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
        <UploadOptions />
      </div>
      <UploadRows />
    </section>
  )
}
