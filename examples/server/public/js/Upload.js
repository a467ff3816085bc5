import { find, setOptionalText, setText, stamp } from "./Elements.js"
import { percent, size } from "./Format.js"
import { ApiError } from "./Problem.js"
import { sendForm } from "./SendForm.js"
import { withToken } from "./Token.js"

/** Seconds of sending before the speed is shown. */
const SPEED_AFTER = 2

/** One upload and its row. */
export class Upload {
  element = stamp("upload-row")
  #name = find(this.element, ".upload-name", HTMLElement)
  #state = find(this.element, ".upload-state", HTMLElement)
  #progress = find(this.element, "progress", HTMLProgressElement)
  #error = find(this.element, ".error", HTMLElement)
  #retry = find(this.element, "[data-retry]", HTMLButtonElement)
  #cancel = find(this.element, "[data-cancel]", HTMLButtonElement)
  #abort = new AbortController()
  #fields
  #wishedAt = 0
  #sendingSince = 0

  /**
   * @param {File} file
   * @param {import("./UploadOptions.js").Fields} fields its options
   * @param {{ onRetry(): void, onRemove(): void }} on `onRemove`: the user has removed it
   */
  constructor(file, fields, on) {
    this.file = file
    this.#fields = fields
    setText(this.#name, file.name)
    this.#progress.setAttribute("aria-label", `Upload of ${file.name}`)
    this.#label(this.#cancel, "Cancel")
    this.#label(this.#retry, "Retry")
    this.#retry.addEventListener("click", on.onRetry)
    this.#cancel.addEventListener("click", () => {
      this.#abort.abort()
      on.onRemove()
    })
    this.wait()
  }

  /** Whether the user has cancelled it. */
  get cancelled() {
    return this.#abort.signal.aborted
  }

  /** Shows that it is queued. */
  wait() {
    this.#wishedAt = performance.now()
    this.#show("waiting", `${size(this.file.size)}, waiting`)
    this.#progress.value = 0
    setOptionalText(this.#error, "")
    // The pressed button is about to be hidden.
    if (document.activeElement === this.#retry) this.#cancel.focus()
    this.#retry.hidden = true
    this.#label(this.#cancel, "Cancel")
  }

  /** Sends the file and returns whether it succeeded. The row shows errors. */
  async send() {
    try {
      await withToken((headers) => this.#attempt(headers), this.#wishedAt)
      this.#show("done", "Uploaded")
      return true
    } catch (error) {
      if (!this.cancelled) this.fail(error instanceof ApiError ? error.message : "The upload failed.")
      return false
    }
  }

  /** @param {Readonly<Record<string, string>>} headers */
  async #attempt(headers) {
    this.#sendingSince = performance.now()
    try {
      return await sendForm("/videos/upload", this.#form(), {
        headers,
        signal: this.#abort.signal,
        onProgress: (sent, total) => this.#sent(sent, total)
      })
    } catch (error) {
      // Another attempt follows if the server requires a token and the user enters it.
      this.#show("waiting", "Waiting for permission")
      this.#progress.value = 0
      throw error
    }
  }

  #form() {
    const form = new FormData()
    for (const [name, value] of this.#fields) form.append(name, value)
    form.append("videoFile", this.file)
    return form
  }

  /**
   * Shows why it failed.
   * @param {string} reason
   * @param {{ final?: boolean }} [options] final: a retry is pointless
   */
  fail(reason, { final = false } = {}) {
    this.#show("failed", "")
    setOptionalText(this.#error, reason)
    this.#retry.hidden = final
    this.#label(this.#cancel, "Dismiss")
  }

  /**
   * @param {number} sent
   * @param {number} total
   */
  #sent(sent, total) {
    this.#progress.value = total === 0 ? 0 : (100 * sent) / total
    if (sent >= total) return this.#show("checking", "Sent, the server is checking it")
    const seconds = (performance.now() - this.#sendingSince) / 1000
    const speed = seconds > SPEED_AFTER ? `, ${size(sent / seconds)}/s` : ""
    this.#show("sending", `${percent(this.#progress.value)} % of ${size(this.file.size)}${speed}`)
  }

  /**
   * @param {string} state
   * @param {string} text
   */
  #show(state, text) {
    this.element.dataset.state = state
    setText(this.#state, text)
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} text
   */
  #label(button, text) {
    setText(button, text)
    button.setAttribute("aria-label", `${text}: ${this.file.name}`)
  }
}
