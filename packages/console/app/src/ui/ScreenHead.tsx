import type { ComponentChildren } from "preact"
import { t } from "../texts.ts"

interface Props {
  readonly title: string
  /** The length of the list. A text where the server has not counted all. */
  readonly count?: number | string | undefined
  /** Controls of the screen. They stand here because nothing that loads moves them. */
  readonly children?: ComponentChildren
}

/** The first line of a screen. */
export const ScreenHead = ({ children, count, title }: Props) => (
  <header class="screen-head">
    <h1>{title}</h1>
    <span class="count" id="count">
      {typeof count === "number" ? count.toLocaleString(t.language) : count}
    </span>
    {children}
  </header>
)
