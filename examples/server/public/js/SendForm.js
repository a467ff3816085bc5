import { ApiError, refusal, UNREACHABLE } from "./Problem.js"

/** Uses XMLHttpRequest, because `fetch` does not report upload progress. */

const BROKEN_OFF =
  "The transfer was interrupted. Check that the server is running and that no file was moved or changed."

/**
 * @typedef {object} SendOptions
 * @property {Readonly<Record<string, string>>} headers
 * @property {AbortSignal} signal
 * @property {(sent: number, total: number) => void} onProgress bytes; equal once the body is sent completely
 */

/**
 * Sends a form with files and returns the body of the answer. Fails with an `ApiError`, or with the signal's reason.
 * @param {string} path
 * @param {FormData} form
 * @param {SendOptions} options
 * @returns {Promise<string>}
 */
export const sendForm = (path, form, { headers, onProgress, signal }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    request.open("POST", path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    const abort = () => request.abort()
    signal.addEventListener("abort", abort)
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total))
    request.addEventListener("load", () => {
      if (request.status < 200 || request.status > 299) reject(refusal(request.status, request.responseText))
      else resolve(request.responseText)
    })
    request.addEventListener("error", () => reject(new ApiError(0, navigator.onLine ? BROKEN_OFF : UNREACHABLE)))
    request.addEventListener("abort", () => reject(signal.reason))
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort))
    request.send(form)
  })
