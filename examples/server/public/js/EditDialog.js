import { editVideo } from "./Api.js"
import { find, setText } from "./Elements.js"
import { clock, counted, percent } from "./Format.js"
import { fillIn } from "./FormDialog.js"
import { announce } from "./News.js"
import { titleOf } from "./Video.js"

/** @typedef {import("./Video.js").Video} Video */
/** @typedef {{ name: string, options: object }} Task */

/** The purpose of each file, in the order of the edit's tasks. */
const FILE_TASKS = ["add-watermark", "add-intro", "add-outro"]

/**
 * Describes the length of the video in seconds, the unit of the form.
 * @param {number} seconds
 */
const lengthOf = (seconds) =>
  `The video lasts ${counted(seconds, "second")}${seconds < 60 ? "" : ` (${clock(seconds)})`}.`

/** The dialog for editing a video. */
export class EditDialog {
  #dialog = find(document, "#edit", HTMLDialogElement)
  #name = find(this.#dialog, "[data-name]", HTMLElement)
  #start = find(this.#dialog, "[name=start]", HTMLInputElement)
  #end = find(this.#dialog, "[name=end]", HTMLInputElement)
  #into = find(this.#dialog, "[name=into]", HTMLInputElement)
  #length = find(this.#dialog, "[data-length]", HTMLElement)
  #sent = find(this.#dialog, "[data-sent]", HTMLElement)

  /**
   * @param {Video} video
   * @param {() => Promise<void>} done called after the edit was requested
   */
  async open(video, done) {
    const whole = Math.ceil(video.duration ?? 0)
    setText(this.#name, titleOf(video))
    setText(this.#length, video.duration === null ? "" : lengthOf(Math.round(video.duration)))
    setText(this.#sent, "")
    if (whole > 0) {
      this.#start.max = `${whole - 1}`
      this.#end.max = `${whole}`
    }
    await fillIn(this.#dialog, async (signal) => {
      await editVideo(video.uuid, this.#form(), {
        signal,
        onProgress: (sent, total) =>
          setText(this.#sent, sent < total ? `Sending, ${percent((100 * sent) / total)} %` : "Checking …")
      }).finally(() => setText(this.#sent, ""))
      announce(`${titleOf(video)} is being edited${this.#into.checked ? " into a new video" : ""}.`)
      void done()
    })
  }

  /** The form in the server's format: a list of tasks, and the file of each task under its index. */
  #form() {
    const form = new FormData()
    const tasks = this.#cut()
    for (const name of FILE_TASKS) {
      const file = find(this.#dialog, `[name=${name}]`, HTMLInputElement).files?.[0]
      if (file === undefined) continue
      tasks.push({ name, options: {} })
      form.set(`task-${tasks.length}`, file)
    }
    if (tasks.length === 0) throw new Error("Choose at least one change.")
    form.set("tasks", JSON.stringify(tasks))
    if (this.#into.checked) form.set("into", this.#into.value)
    return form
  }

  /** @returns {Array<Task>} */
  #cut() {
    const start = this.#start.value === "" ? undefined : this.#start.valueAsNumber
    const end = this.#end.value === "" ? undefined : this.#end.valueAsNumber
    if (start === undefined && end === undefined) return []
    if (start !== undefined && end !== undefined && start >= end) throw new Error("The end must come after the start.")
    return [{ name: "cut", options: { start, end } }]
  }
}
