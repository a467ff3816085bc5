import { startLive } from "./Api.js"
import { find, setText } from "./Elements.js"
import { fillIn } from "./FormDialog.js"
import { announce } from "./News.js"

/** The dialog in which a live is started. The address of its stream is a secret: it is forgotten with the dialog. */
export class LiveDialog {
  #dialog = find(document, "#live", HTMLDialogElement)
  #address = find(this.#dialog, "[name=rtmpUrl]", HTMLInputElement)
  #title = find(this.#dialog, "[name=title]", HTMLInputElement)
  #replay = find(this.#dialog, "[name=replay]", HTMLInputElement)
  #show = find(this.#dialog, "[data-show]", HTMLButtonElement)
  #started

  /** @param {() => Promise<void>} started called after each start */
  constructor(started) {
    this.#started = started
    this.#show.addEventListener("click", () => this.#reveal(this.#address.type === "password"))
    find(document, "#go-live", HTMLButtonElement).addEventListener("click", () => this.#open())
  }

  async #open() {
    this.#reveal(false)
    const closed = fillIn(this.#dialog, async (signal) => {
      const title = this.#title.value.trim()
      const named = title === "" ? {} : { title }
      await startLive({ rtmpUrl: this.#address.value.trim(), replay: this.#replay.checked, ...named }, signal)
      announce("The live waits for a runner.")
      void this.#started()
    })
    this.#address.focus()
    await closed
    this.#reveal(false)
  }

  /** @param {boolean} shown */
  #reveal(shown) {
    this.#address.type = shown ? "text" : "password"
    this.#show.setAttribute("aria-pressed", `${shown}`)
    setText(this.#show, shown ? "Hide" : "Show")
  }
}
