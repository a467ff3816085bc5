import { find } from "./Elements.js"

/** @typedef {import("./Playback.js").Option} Choosable */

/** A select box that is hidden while there is nothing to choose from. */
export class Choice {
  #element
  #select
  #chosen
  /** The last choice, which also applies to the next video. @type {string | undefined} */
  #wished

  /**
   * @param {HTMLElement} element
   * @param {(value: number) => void} chosen
   */
  constructor(element, chosen) {
    this.#element = element
    this.#chosen = chosen
    this.#select = find(element, "select", HTMLSelectElement)
    this.#select.addEventListener("change", () => {
      this.#wished = this.#select.selectedOptions[0]?.text
      chosen(Number(this.#select.value))
    })
  }

  /**
   * Shows the options. Selects the earlier choice if it is among them.
   * @param {ReadonlyArray<Choosable>} options
   */
  offer(options) {
    this.#select.replaceChildren(...options.map(({ name, value }) => new Option(name, `${value}`)))
    this.#element.hidden = options.length === 0
    const chosen = options.find(({ name }) => name === this.#wished)
    if (chosen === undefined) return
    this.#select.value = `${chosen.value}`
    this.#chosen(chosen.value)
  }

  /** Applies the current choice again, to a new playback. */
  repeat() {
    if (this.#wished !== undefined && this.#select.value !== "") this.#chosen(Number(this.#select.value))
  }
}
