import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { navigate, watchUrl } from "../state/router.ts"
import type { ShownVideos, VideoList } from "../state/videoList.ts"
import { t } from "../texts.ts"
import { type Bulk, BulkBar } from "../ui/Bulk.tsx"
import { Button } from "../ui/Button.tsx"
import { Failure } from "../ui/basic.tsx"
import { useScale } from "../ui/scale.ts"
import { useRowKeys } from "../ui/table.ts"
import { useWindow } from "../ui/virtual.ts"
import { type ItemProps, VideoCard, VideoLine } from "./VideoCard.tsx"

/** Tenths of a rem, as in the style sheets. */
const GAP = 16
const CARD_WIDTH = 230
/** The height of a card below its picture. */
const CARD_TEXT = 136
const LINE = 56

interface Shape {
  readonly columns: number
  /** Pixels, with the gap below it. */
  readonly rowHeight: number
  readonly gap: number
}

const shapeOf = (width: number, isCompact: boolean, scale: number): Shape => {
  if (isCompact) return { columns: 1, rowHeight: LINE * scale, gap: 0 }
  const gap = GAP * scale
  const columns = Math.max(1, Math.floor((width + gap) / (CARD_WIDTH * scale + gap)))
  const cardWidth = (width - gap * (columns - 1)) / columns
  return { columns, rowHeight: Math.round((cardWidth * 9) / 16 + CARD_TEXT * scale + gap), gap }
}

/** The width of the list decides the number of columns. */
const useShape = (isCompact: boolean) => {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const scale = useScale()
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, ...shapeOf(width, isCompact, scale) }
}

/** Events of the server bring the changes into the list. */
const bulk: Bulk = {
  texts: t.bulk.videos,
  send: (action, ids, priority) => client.changeVideos({ body: { action, videos: ids, priority } }),
  onChange: () => Promise.resolve()
}

/** The videos that were selected in this list. */
const useSelection = (list: VideoList) => {
  const [chosen, choose] = useState<{ readonly of: VideoList; readonly ids: ReadonlySet<string> }>()
  const idsIn = (state: typeof chosen): ReadonlySet<string> => (state?.of === list ? state.ids : new Set())
  const set = (ids: ReadonlyArray<string>) => choose({ of: list, ids: new Set(ids) })
  const toggle = (id: string) =>
    choose((before) => {
      const ids = new Set(idsIn(before))
      if (!ids.delete(id)) ids.add(id)
      return { of: list, ids }
    })
  return { ids: idsIn(chosen), set, toggle }
}

type Selection = ReturnType<typeof useSelection>

const Selected = ({ selection, videos }: { readonly videos: ShownVideos; readonly selection: Selection }) => {
  const { ids, set } = selection
  const loaded = videos.list.ids().filter((id) => id !== undefined)
  return ids.size === 0 ? null : (
    <BulkBar bulk={bulk} ids={[...ids]} clear={() => set([])}>
      {loaded.length > ids.size ? (
        <Button look="small" data-action="all" onClick={() => set(loaded)}>
          {t.bulk.selectAll(loaded.length)}
        </Button>
      ) : null}
    </BulkBar>
  )
}

interface RowProps extends Omit<ItemProps, "video" | "isSelected" | "isMarked"> {
  readonly videos: ShownVideos
  readonly isCompact: boolean
  readonly columns: number
  readonly index: number
  readonly selected: ReadonlySet<string>
  readonly marked: string | undefined
}

const Row = ({ columns, index, isCompact, marked, onSelect, selected, videos }: RowProps) => {
  const { list, total = 0 } = videos
  const first = index * columns
  const Item = isCompact ? VideoLine : VideoCard
  return (
    <>
      {Array.from({ length: Math.min(columns, total - first) }, (_, column) => {
        const video = list.at(first + column)
        return (
          <div key={video?.uuid ?? column} role="listitem" aria-setsize={total} aria-posinset={first + column + 1}>
            {video === undefined ? (
              <div class="placeholder" />
            ) : (
              <Item
                video={video}
                isSelected={selected.has(video.uuid)}
                isMarked={marked === video.uuid}
                onSelect={onSelect}
              />
            )}
          </div>
        )
      })}
    </>
  )
}

const styleOf = (top: number, height: number, columns: number) => ({
  transform: `translateY(${top}px)`,
  blockSize: `${height}px`,
  gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`
})

/** Any number of videos. Only those in view are in the page. */
export const VideoGrid = ({ isCompact, videos }: { readonly videos: ShownVideos; readonly isCompact: boolean }) => {
  const { error, list, total } = videos
  const { columns, gap, ref, rowHeight } = useShape(isCompact)
  const { height, offset, rows, show } = useWindow(ref, Math.ceil((total ?? 0) / columns), rowHeight)
  const selection = useSelection(list)
  const marked = useRowKeys({
    keys: () => list.ids(),
    show: (index) => show(Math.floor(index / columns)),
    toggle: selection.toggle,
    open: (id) => navigate(watchUrl(id))
  })
  const from = (rows[0]?.index ?? 0) * columns
  const to = ((rows.at(-1)?.index ?? 0) + 1) * columns
  useEffect(() => list.show(from, to), [list, from, to])
  const inner = rowHeight - gap
  const shared = { videos, isCompact, columns, marked, selected: selection.ids, onSelect: selection.toggle }
  return (
    <>
      <Failure error={error} />
      <Selected videos={videos} selection={selection} />
      {total === undefined && error === undefined ? <p class="loading">{t.list.loading}</p> : null}
      <div
        class={isCompact ? "lines" : "cards"}
        ref={ref}
        role="list"
        aria-label={t.screens.videos}
        data-selecting={selection.ids.size > 0}
        style={{ blockSize: `${height}px` }}
      >
        {rows.map(({ index, start }) => (
          <div key={index} class="grid-row" role="presentation" style={styleOf(start - offset, inner, columns)}>
            <Row {...shared} index={index} />
          </div>
        ))}
      </div>
    </>
  )
}
