import { setQuery } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Icon } from "./icons.tsx"

interface Page {
  readonly total: number
  readonly data: ReadonlyArray<unknown>
}

/**
 * Goes to the last page if this one is behind the end: rows were removed, or the address is old. The page that was read is
 * returned.
 */
export const withinEnd = <A extends Page>(page: A, start: number, count: number): A => {
  const last = Math.floor((page.total - 1) / count) * count
  if (page.data.length === 0 && page.total > 0 && start > last) setQuery({ start: last === 0 ? "" : String(last) })
  return page
}

/** The pages of a list on the server. The address has the first row as `start`. */
export const Pager = (props: {
  readonly start: number
  readonly count: number
  readonly total: number
  /** Whether there are more rows than `total`. */
  readonly isCapped?: boolean
}) => {
  const { count, isCapped = false, start, total } = props
  const text = t.list.of(start + 1, isCapped ? start + count : Math.min(total, start + count), total, isCapped)
  const go = (to: number) => setQuery({ start: to <= 0 ? "" : String(to) }, { replace: false })
  if (total === 0) return null
  return (
    <nav class="pager" aria-label={text}>
      <span>{text}</span>
      <Button look="icon-only" aria-label={t.list.previous} disabled={start === 0} onClick={() => go(start - count)}>
        <Icon name="back" />
      </Button>
      <Button
        look="icon-only"
        aria-label={t.list.next}
        disabled={!isCapped && start + count >= total}
        onClick={() => go(start + count)}
      >
        <Icon name="next" />
      </Button>
    </nav>
  )
}
