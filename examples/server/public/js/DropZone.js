import { find } from "./Elements.js"

/** @typedef {{ file: File, isFolder: boolean }} Picked */

/** @param {DragEvent} event */
const bringsFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false

/**
 * @param {DataTransfer} transfer
 * @returns {Array<Picked>}
 */
const filesOf = (transfer) =>
  [...transfer.items].flatMap((item) => {
    const file = item.getAsFile()
    return file === null ? [] : [{ file, isFolder: item.webkitGetAsEntry()?.isDirectory ?? false }]
  })

/**
 * Lets the user choose files or drop them anywhere on the page. A file dropped outside the zone would otherwise replace
 * the page.
 * @param {(picked: ReadonlyArray<Picked>) => void} onFiles
 */
export const acceptFiles = (onFiles) => {
  const zone = find(document, "#drop", HTMLElement)
  const input = find(document, "#files", HTMLInputElement)
  input.addEventListener("change", () => {
    onFiles([...(input.files ?? [])].map((file) => ({ file, isFolder: false })))
    // The same file can be chosen again.
    input.value = ""
  })

  /** @param {boolean} over */
  const highlight = (over) => zone.classList.toggle("over", over)
  window.addEventListener("dragover", (event) => {
    if (!bringsFiles(event)) return
    event.preventDefault()
    highlight(document.querySelector("dialog[open]") === null)
  })
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) highlight(false)
  })
  window.addEventListener("drop", (event) => {
    if (!bringsFiles(event)) return
    event.preventDefault()
    highlight(false)
    // An open dialog covers the zone, so a drop on it is ignored.
    if (event.dataTransfer !== null && document.querySelector("dialog[open]") === null) {
      onFiles(filesOf(event.dataTransfer))
    }
  })
}
