/**
 * Opens a dialog with a form and waits for the answer: whether its "yes" button was pressed. Escape, and the button
 * marked `data-close`, are a no. The browser gives the focus back to where it was.
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<boolean>}
 */
export const askIn = (dialog) =>
  new Promise((resolve) => {
    const decline = () => dialog.close("")
    const button = dialog.querySelector("[data-close]")
    button?.addEventListener("click", decline)
    // Escape keeps the value of the last time, which must not count as consent.
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
