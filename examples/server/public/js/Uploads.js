import { find } from "./Elements.js"
import { announce } from "./News.js"
import { Upload } from "./Upload.js"
import { UploadOptions } from "./UploadOptions.js"

/** Concurrent uploads. More would only slow down each of them. */
const AT_ONCE = 2

/** All uploads of this page: active, queued and failed. */
export class Uploads {
  #list = find(document, "#uploads", HTMLElement)
  #options = new UploadOptions()
  /** @type {Array<Upload>} */
  #waiting = []
  #running = 0
  #uploaded

  /** @param {() => Promise<void>} uploaded called after each upload; the row stays until it resolves */
  constructor(uploaded) {
    this.#uploaded = uploaded
    window.addEventListener("beforeunload", (event) => {
      if (this.#running + this.#waiting.length > 0) event.preventDefault()
    })
  }

  /** @param {Iterable<{ file: File, isFolder: boolean }>} picked */
  add(picked) {
    for (const { file, isFolder } of picked) {
      const upload = new Upload(file, this.#options.fieldsFor(file), {
        onRetry: () => this.#enqueue(upload),
        onRemove: () => this.#remove(upload)
      })
      this.#list.append(upload.element)
      if (isFolder) upload.fail("This is a folder. Choose the files in it.", { final: true })
      else if (file.size === 0) upload.fail("This file is empty.", { final: true })
      else this.#enqueue(upload)
    }
  }

  /** @param {Upload} upload */
  #enqueue(upload) {
    upload.wait()
    this.#waiting.push(upload)
    this.#next()
  }

  #next() {
    while (this.#running < AT_ONCE) {
      const upload = this.#waiting.shift()
      if (upload === undefined) return
      this.#running += 1
      void this.#run(upload).finally(() => {
        this.#running -= 1
        this.#next()
      })
    }
  }

  /** @param {Upload} upload */
  async #run(upload) {
    const arrived = await upload.send()
    if (arrived) {
      announce(`${upload.file.name} is uploaded.`)
      void this.#uploaded().then(() => this.#remove(upload))
    } else if (!upload.cancelled) announce(`${upload.file.name} could not be uploaded.`)
  }

  /** @param {Upload} upload */
  #remove(upload) {
    this.#waiting = this.#waiting.filter((other) => other !== upload)
    const hadFocus = upload.element.contains(document.activeElement)
    upload.element.remove()
    if (hadFocus) find(document, "#files", HTMLInputElement).focus()
  }
}
