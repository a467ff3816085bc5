import type { ComponentChildren, JSX } from "preact"
import { useId } from "preact/hooks"

type Props = Omit<JSX.IntrinsicElements["input"], "label"> & {
  readonly label: string
  readonly hint?: string
  /** Stands beside the input. */
  readonly children?: ComponentChildren
}

/** An input with its label above and an explanation below. */
export const Field = ({ children, hint, label, ...input }: Props) => {
  const id = useId()
  const control = (
    <input id={id} aria-describedby={hint && `${id}-hint`} autocomplete="off" spellcheck={false} {...input} />
  )
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children ? <div class="inline">{[control, children]}</div> : control}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}

/** A box to tick, with its text and an explanation beside it. */
export const Check = ({ hint, label, ...input }: Props) => (
  <label class="check">
    <input type="checkbox" {...input} />
    <span>
      {label} {hint && <small>{hint}</small>}
    </span>
  </label>
)
