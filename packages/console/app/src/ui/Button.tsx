import type { JSX } from "preact"

interface Props extends Omit<JSX.IntrinsicElements["button"], "class" | "type"> {
  /** Classes of `controls.css`, such as `small primary`. */
  readonly look?: string
  readonly isSubmit?: boolean
}

export const Button = ({ isSubmit = false, look = "", ...props }: Props) => (
  <button type={isSubmit ? "submit" : "button"} class={`button ${look}`} {...props} />
)
