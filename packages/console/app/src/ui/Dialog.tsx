import { signal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"

interface DialogProps {
  readonly title: string
  readonly class?: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A modal dialog. Escape and a click beside it close it, and the focus returns to where it was. */
export const Dialog = (props: DialogProps) => {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      class={`dialog ${props.class ?? ""}`}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) props.onClose()
      }}
    >
      <div class="dialog-body">{props.children}</div>
    </dialog>
  )
}

interface NoteProps extends DialogProps {
  /** The title when left out. */
  readonly heading?: string
}

/** A dialog that shows something and can only be closed. */
export const NoteDialog = ({ children, heading, onClose, title }: NoteProps) => (
  <Dialog title={title} onClose={onClose}>
    <h2>{heading ?? title}</h2>
    {children}
    <div class="buttons">
      <Button look="primary" onClick={onClose}>
        {t.actions.close}
      </Button>
    </div>
  </Dialog>
)

interface FormProps {
  readonly title: string
  readonly class?: string
  readonly submit: string
  readonly isDanger?: boolean
  readonly cancel?: string
  readonly children?: ComponentChildren
  readonly onClose: () => void
  /** Closes the dialog when it succeeds, and shows the message of the error otherwise. */
  readonly onSubmit: (given: FormData, signal: AbortSignal) => Promise<unknown>
}

/** A form in a dialog. Closing it aborts a request in progress. */
export const FormDialog = (props: FormProps) => {
  const [error, setError] = useState("")
  const [isBusy, setBusy] = useState(false)
  const abort = useRef(new AbortController())
  useEffect(() => () => abort.current.abort(), [])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setError("")
    setBusy(true)
    try {
      await props.onSubmit(new FormData(event.target as HTMLFormElement), abort.current.signal)
      props.onClose()
    } catch (failure) {
      if (!abort.current.signal.aborted) setError(failure instanceof Error ? failure.message : t.errors.generic)
    }
    setBusy(false)
  }
  return (
    <Dialog title={props.title} class={props.class ?? ""} onClose={props.onClose}>
      <form onSubmit={submit} aria-busy={isBusy}>
        <h2 dir="auto">{props.title}</h2>
        {props.children}
        <p class="error" role="alert">
          {error}
        </p>
        <div class="buttons">
          <Button onClick={props.onClose}>{props.cancel ?? t.actions.cancel}</Button>
          <Button isSubmit look={props.isDanger ? "danger" : "primary"} disabled={isBusy}>
            {props.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface Question {
  readonly title: string
  readonly text: string
  readonly submit: string
  readonly cancel?: string
  readonly act: () => Promise<void>
}

const question = signal<Question | undefined>(undefined)

/** Asks before an action that cannot be undone. */
export const ask = (asked: Question): void => {
  question.value = asked
}

/** Shows the question of `ask`. The page has one. */
export const Questions = () => {
  const asked = question.value
  return asked === undefined ? null : (
    <FormDialog
      title={asked.title}
      submit={asked.submit}
      cancel={asked.cancel}
      isDanger
      onClose={() => {
        question.value = undefined
      }}
      onSubmit={asked.act}
    >
      <p dir="auto">{asked.text}</p>
    </FormDialog>
  )
}
