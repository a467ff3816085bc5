import type { ComponentChildren, JSX } from "preact"

type Props = Omit<JSX.IntrinsicElements["input"], "id" | "label"> & {
  readonly id: string
  readonly label: string
  readonly hint?: ComponentChildren
}

/** An input with its label above and an explanation below. */
export const Field = ({ hint, id, label, ...input }: Props) => (
  <div class="field">
    <label for={id}>{label}</label>
    <input id={id} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...input} />
    {hint === undefined ? null : <small id={`${id}-hint`}>{hint}</small>}
  </div>
)
