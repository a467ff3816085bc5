import { find, setText } from "./Elements.js"
import { planDefaults } from "./Request.js"

/** @typedef {ReadonlyArray<readonly [name: string, value: string | File]>} Fields */

const SOUND = /\.(?:aac|aif+|flac|m4a|mka|mp3|oga|ogg|opus|wav|wma)$/i

/** @param {File} file */
const isSound = ({ name, type }) => type.startsWith("audio/") || (type === "" && SOUND.test(name))

/** The options of the next uploads. Unchanged options use the server's defaults. */
export class UploadOptions {
  #element = find(document, "#options", HTMLDetailsElement)
  #flags = [...this.#element.querySelectorAll("input")].filter(({ type }) => type === "checkbox")
  #picture = find(this.#element, "[name=previewFile]", HTMLInputElement)
  #remove = find(this.#element, "[data-remove]", HTMLButtonElement)
  #summary = find(this.#element, "[data-chosen]", HTMLElement)
  /** @type {Set<HTMLInputElement>} */
  #touched = new Set()

  constructor() {
    for (const flag of this.#flags) {
      flag.addEventListener("change", () => {
        this.#touched.add(flag)
        this.#tell()
      })
    }
    this.#picture.addEventListener("change", () => this.#tell())
    this.#remove.addEventListener("click", () => {
      this.#picture.value = ""
      this.#tell()
      this.#picture.focus()
    })
    this.#element.addEventListener("toggle", () => void this.#showDefaults(), { once: true })
  }

  /**
   * Returns the form fields of an upload.
   * @param {File} file
   * @returns {Fields}
   */
  fieldsFor(file) {
    /** @type {Array<readonly [string, string | File]>} */
    const fields = [...this.#touched].map(({ checked, name }) => [name, `${checked}`])
    const picture = this.#picture.files?.[0]
    return picture === undefined || !isSound(file) ? fields : [...fields, ["previewFile", picture]]
  }

  /** Shows the server's defaults. */
  async #showDefaults() {
    const plan = await planDefaults().catch(() => undefined)
    for (const flag of this.#flags) {
      if (plan !== undefined && !this.#touched.has(flag)) flag.checked = plan[flag.name] === true
    }
  }

  /** Shows in the collapsed panel that options were changed. */
  #tell() {
    const hasPicture = (this.#picture.files?.length ?? 0) > 0
    const count = this.#touched.size + (hasPicture ? 1 : 0)
    this.#remove.hidden = !hasPicture
    setText(this.#summary, count === 0 ? "" : `${count} set`)
  }
}
