import type { JSX } from "preact"

interface Props extends Omit<JSX.IntrinsicElements["button"], "class" | "type"> {
  /** Classes of `controls.css`, such as `small primary`. */
  readonly look?: string
  readonly isSubmit?: boolean
}

export const Button = ({ isSubmit = false, look = "", ...props }: Props) => (
  <button type={isSubmit ? "submit" : "button"} class={`button ${look}`} {...props} />
)

export interface Action {
  readonly name: string
  readonly text: string
  readonly act: () => unknown
  readonly look?: string
  readonly title?: string
}

interface ActionsProps {
  /** Those that make no sense now are left out. */
  readonly of: ReadonlyArray<Action | false | undefined>
  /** What they act on, where several rows have the same actions. */
  readonly on?: string
}

/** What can be done, as a row of small buttons. */
export const Actions = ({ of, on }: ActionsProps) => (
  <div class="buttons">
    {of
      .filter((one) => !!one)
      .map(({ act, look = "", name, text, title }) => (
        <Button
          key={name}
          look={`small ${look}`}
          data-action={name}
          title={title}
          aria-label={on && `${text}: ${on}`}
          onClick={() => act()}
        >
          {text}
        </Button>
      ))}
  </div>
)
