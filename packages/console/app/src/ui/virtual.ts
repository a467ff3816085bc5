import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll } from "@tanstack/virtual-core"
import type { RefObject } from "preact"
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks"

export interface View {
  /** The rows in view, and a few around them. */
  readonly rows: ReadonlyArray<{ readonly index: number; readonly start: number }>
  readonly height: number
  /** The offset of the list in the page, which `start` includes. */
  readonly offset: number
  readonly show: (index: number) => void
}

/** Tells which rows of a long list are in view while the page scrolls. All rows have the same height. */
export const useWindow = (list: RefObject<HTMLElement>, count: number, rowHeight: number): View => {
  const [, render] = useReducer((version: number) => version + 1, 0)
  const offset = useRef(0)
  const options = {
    count,
    estimateSize: () => rowHeight,
    overscan: 4,
    scrollMargin: offset.current,
    getScrollElement: () => window,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialRect: { width: innerWidth, height: innerHeight },
    onChange: () => render(undefined)
  }
  const [virtualizer] = useState(() => new Virtualizer<Window, Element>(options))
  virtualizer.setOptions(options)
  useEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + scrollY
    if (Math.abs(top - offset.current) > 1) {
      offset.current = top
      render(undefined)
    }
    virtualizer._willUpdate()
  })
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight])
  return {
    rows: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    offset: offset.current,
    show: (index) => virtualizer.scrollToIndex(index)
  }
}
