import { find } from "./Elements.js"

/** Long enough for a screen reader to begin, short enough not to pile up. */
const SHOWN = 1500

/** @type {Array<string>} */
const waiting = []
let speaking = false

const speak = () => {
  const next = waiting.splice(0).join(" ")
  find(document, "#news", HTMLElement).textContent = next
  speaking = next !== ""
  if (speaking) setTimeout(speak, SHOWN)
}

/**
 * Announces a text to screen readers. Texts of the same moment are combined.
 * @param {string} sentence
 */
export const announce = (sentence) => {
  waiting.push(sentence)
  if (!speaking) {
    speaking = true
    setTimeout(speak, 100)
  }
}
