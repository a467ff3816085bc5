/**
 * Opens a dialog with a form and returns whether it was confirmed. Escape and the button marked `data-close` cancel
 * it. The browser restores the focus.
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<boolean>}
 */
export const askIn = (dialog) =>
  new Promise((resolve) => {
    const decline = () => dialog.close("")
    const button = dialog.querySelector("[data-close]")
    button?.addEventListener("click", decline)
    // Escape keeps the previous return value, which must not count as a confirmation.
    dialog.returnValue = ""
    dialog.addEventListener(
      "close",
      () => {
        button?.removeEventListener("click", decline)
        resolve(dialog.returnValue === "yes")
      },
      { once: true }
    )
    dialog.showModal()
  })
