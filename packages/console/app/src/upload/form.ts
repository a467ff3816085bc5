import { sendForm } from "../api/client.ts"
import type { Fields, Listener, Transfer } from "./transfer.ts"

const formOf = (file: File, fields: Fields) => {
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  form.append("videoFile", file)
  return form
}

/** Sends a file in one request, for servers without resumable uploads and for audio files with a picture. */
export const sendAsForm = (file: File, fields: Fields, listener: Listener): Transfer => {
  let abort = new AbortController()
  return {
    start: () => {
      abort = new AbortController()
      const { signal } = abort
      const onProgress = (sent: number, total: number) => listener.onProgress((file.size * sent) / Math.max(total, 1))
      sendForm("uploadVideo", {}, formOf(file, fields), { signal, onProgress }).then(
        listener.onDone,
        (error) => signal.aborted || listener.onFailed(error)
      )
    },
    cancel: () => abort.abort()
  }
}
