import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { announce } from "../state/news.ts"
import { isUnknown, type Resource } from "../state/resource.ts"
import { navigate } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Icon } from "./icons.tsx"
import { useKeys } from "./keys.ts"
import { Loaded } from "./Loaded.tsx"

interface Props<A> {
  readonly title: string
  readonly closeTo: string
  readonly of: Resource<A>
  readonly children: (data: A) => ComponentChildren
}

/** Shows the details of a row beside its list, at an address of its own. Closes when the server does not know the record. */
export const SidePanel = <A,>({ children, closeTo, of, title }: Props<A>) => {
  const ref = useRef<HTMLElement>(null)
  const isGone = isUnknown(of)
  useEffect(() => ref.current?.focus(), [title])
  useEffect(() => {
    if (!isGone) return
    announce(t.errors.gone)
    navigate(closeTo, { replace: true })
  }, [isGone])
  const close = () => navigate(closeTo)
  useKeys({ Escape: close })
  return (
    <aside class="panel" ref={ref} tabIndex={-1} aria-label={title}>
      <header>
        <h2 dir="auto">{title}</h2>
        <Button look="icon-only" aria-label={t.actions.close} onClick={close}>
          <Icon name="close" />
        </Button>
      </header>
      <div class="panel-body">
        <Loaded of={of}>{children}</Loaded>
      </div>
    </aside>
  )
}
