import { find, setText } from "./Elements.js"

/**
 * @param {HTMLFormElement} form
 * @param {boolean} busy
 */
const setBusy = (form, busy) => {
  form.setAttribute("aria-busy", `${busy}`)
  find(form, "fieldset", HTMLFieldSetElement).disabled = busy
  find(form, "[type=submit]", HTMLButtonElement).disabled = busy
}

/**
 * Opens a dialog with a form and runs `work` when it is submitted. The dialog stays open until `work` succeeds, so that
 * the input is not lost. Closing it earlier aborts `work`. The form is reset afterwards.
 * @param {HTMLDialogElement} dialog
 * @param {(signal: AbortSignal) => Promise<void>} work fails with a message for the user
 * @returns {Promise<void>} settles when the dialog is closed
 */
export const fillIn = (dialog, work) => {
  const form = find(dialog, "form", HTMLFormElement)
  const error = find(form, ".error", HTMLElement)
  const abort = new AbortController()
  const { signal } = abort
  const close = () => dialog.close()

  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault()
    const button = event.submitter
    setText(error, "")
    setBusy(form, true)
    try {
      await work(signal)
      close()
    } catch (cause) {
      if (signal.aborted) return
      setText(error, cause instanceof Error ? cause.message : "The action failed.")
      setBusy(form, false)
      button?.focus()
    }
  }
  form.addEventListener("submit", submit, { signal })
  find(form, "[data-close]", HTMLButtonElement).addEventListener("click", close, { signal })
  setText(error, "")
  setBusy(form, false)
  dialog.showModal()
  return new Promise((resolve) =>
    dialog.addEventListener(
      "close",
      () => {
        abort.abort()
        form.reset()
        resolve()
      },
      { once: true }
    )
  )
}
