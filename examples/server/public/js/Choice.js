import { find } from "./Elements.js"

/** @typedef {import("./Playback.js").Option} Choosable */

/** One of several, chosen from a box that hides while there is nothing to choose from. */
export class Choice {
  #element
  #select
  #chosen
  /** What was chosen last holds for the next video, too. @type {string | undefined} */
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
   * Offers what there is; an earlier choice is taken up when it is among it.
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

  /** Has what is chosen done once more, by somebody who was not there the first time. */
  repeat() {
    if (this.#wished !== undefined && this.#select.value !== "") this.#chosen(Number(this.#select.value))
  }
}
