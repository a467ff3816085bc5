import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { announce } from "../state/news.ts"
import { navigate } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Icon } from "./icons.tsx"
import { useKeys } from "./keys.ts"

/** Closes the panel of something that does not exist, or no longer. */
export const useGone = (isGone: boolean, closeTo: string): void =>
  useEffect(() => {
    if (!isGone) return
    announce(t.errors.gone)
    navigate(closeTo, { replace: true })
  }, [isGone])

/** Details beside a list. Its address is that of the shown row. */
export const SidePanel = (props: {
  readonly title: string
  readonly closeTo: string
  readonly children: ComponentChildren
}) => {
  const ref = useRef<HTMLElement>(null)
  useEffect(() => ref.current?.focus(), [props.title])
  const close = () => navigate(props.closeTo)
  useKeys({ Escape: close })
  return (
    <aside class="panel" ref={ref} tabIndex={-1} aria-label={props.title}>
      <header>
        <h2 dir="auto">{props.title}</h2>
        <Button look="icon-only" aria-label={t.actions.close} onClick={close}>
          <Icon name="close" />
        </Button>
      </header>
      <div class="panel-body">{props.children}</div>
    </aside>
  )
}
