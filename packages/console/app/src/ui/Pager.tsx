import { setQuery } from "../state/router.ts"
import { t } from "../texts.ts"
import { Button } from "./Button.tsx"
import { Icon } from "./icons.tsx"

interface Page {
  readonly total: number
  readonly data: ReadonlyArray<unknown>
}

/** Goes to the page with this first row, which the address has as `start`. */
const goInAddress = (start: number, replace: boolean) =>
  setQuery({ start: start <= 0 ? "" : String(start) }, { replace })

/**
 * Goes to the last page if this one is behind the end: rows were removed, or the address is old. The page that was read is
 * returned.
 */
export const withinEnd = <A extends Page>(page: A, start: number, count: number, go = goInAddress): A => {
  const last = Math.floor((page.total - 1) / count) * count
  if (page.data.length === 0 && page.total > 0 && start > last) go(last, true)
  return page
}

/** The pages of a list on the server. By default, the address has the first row as `start`. */
export const Pager = (props: {
  readonly start: number
  readonly count: number
  readonly total: number
  /** Whether there are more rows than `total`. */
  readonly isCapped?: boolean
  readonly go?: typeof goInAddress
}) => {
  const { count, go = goInAddress, isCapped = false, start, total } = props
  const text = t.list.of(start + 1, isCapped ? start + count : Math.min(total, start + count), total, isCapped)
  if (total === 0) return null
  return (
    <nav class="pager" aria-label={text}>
      <span>{text}</span>
      <Button
        look="icon-only"
        aria-label={t.list.previous}
        disabled={start === 0}
        onClick={() => go(start - count, false)}
      >
        <Icon name="back" />
      </Button>
      <Button
        look="icon-only"
        aria-label={t.list.next}
        disabled={!isCapped && start + count >= total}
        onClick={() => go(start + count, false)}
      >
        <Icon name="next" />
      </Button>
    </nav>
  )
}
