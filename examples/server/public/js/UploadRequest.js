import { ApiError, refusal, UNREACHABLE } from "./Problem.js"

/** What `fetch` cannot tell yet: how much of a body has been sent. Hence XMLHttpRequest. */

/** @param {XMLHttpRequest} request */
const uuidIn = (request) => {
  try {
    /** @type {{ video: { uuid: string } }} */
    const answer = JSON.parse(request.responseText)
    return answer.video.uuid
  } catch {
    throw new ApiError(request.status, "The server answered with something else than a video.")
  }
}

/**
 * Sends one file; gives the id of the new video. Fails with an `ApiError`, or with the reason of the signal.
 * @param {File} file
 * @param {object} options
 * @param {Readonly<Record<string, string>>} options.headers
 * @param {AbortSignal} options.signal
 * @param {(sent: number, total: number) => void} options.onProgress bytes; equal when only the answer is awaited
 * @returns {Promise<string>}
 */
export const sendFile = (file, { headers, onProgress, signal }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    request.open("POST", "/videos/upload")
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    const abort = () => request.abort()
    signal.addEventListener("abort", abort)
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total))
    request.addEventListener("load", () => {
      if (request.status < 200 || request.status > 299) reject(refusal(request.status, request.responseText))
      else resolve(new Promise((done) => done(uuidIn(request))))
    })
    request.addEventListener("error", () => reject(new ApiError(0, brokenOff(file))))
    request.addEventListener("abort", () => reject(signal.reason))
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort))
    const form = new FormData()
    form.append("videoFile", file)
    request.send(form)
  })

/** @param {File} file */
const brokenOff = (file) =>
  navigator.onLine
    ? `The upload broke off. Check that the server is running and that ${file.name} has not been moved or changed.`
    : UNREACHABLE
