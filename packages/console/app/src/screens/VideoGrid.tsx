import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import type { VideoQuery } from "../api/documents.ts"
import { useVideoList, type VideoList } from "../state/videoList.ts"
import { t } from "../texts.ts"
import { Failure } from "../ui/basic.tsx"
import { useWindow } from "../ui/virtual.ts"
import { VideoCard, VideoLine } from "./VideoCard.tsx"

const GAP = 16
const CARD_WIDTH = 230
/** The height of a card below its picture. */
const CARD_TEXT = 136
const LINE = 56

interface Shape {
  readonly columns: number
  readonly rowHeight: number
}

const shapeOf = (width: number, isCompact: boolean): Shape => {
  if (isCompact) return { columns: 1, rowHeight: LINE }
  const columns = Math.max(1, Math.floor((width + GAP) / (CARD_WIDTH + GAP)))
  const cardWidth = (width - GAP * (columns - 1)) / columns
  return { columns, rowHeight: Math.round((cardWidth * 9) / 16 + CARD_TEXT + GAP) }
}

/** The width of the list decides the number of columns. */
const useShape = (isCompact: boolean) => {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, ...shapeOf(width, isCompact) }
}

interface Props {
  readonly query: VideoQuery
  readonly isCompact: boolean
  /** Called with the number of videos of the query. */
  readonly onTotal: (total: number) => void
}

interface RowProps {
  readonly list: VideoList
  readonly isCompact: boolean
  readonly columns: number
  readonly index: number
}

const Row = ({ columns, index, isCompact, list }: RowProps) => {
  const total = list.total ?? 0
  const first = index * columns
  const Item = isCompact ? VideoLine : VideoCard
  return (
    <>
      {Array.from({ length: Math.min(columns, total - first) }, (_, column) => {
        const video = list.at(first + column)
        return (
          <div key={video?.uuid ?? column} role="listitem" aria-setsize={total} aria-posinset={first + column + 1}>
            {video === undefined ? <div class="placeholder" /> : <Item video={video} />}
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
export const VideoGrid = ({ isCompact, onTotal, query }: Props) => {
  const list = useVideoList(query)
  const { columns, ref, rowHeight } = useShape(isCompact)
  const { height, offset, rows } = useWindow(ref, Math.ceil((list.total ?? 0) / columns), rowHeight)
  const from = (rows[0]?.index ?? 0) * columns
  const to = ((rows.at(-1)?.index ?? 0) + 1) * columns
  useEffect(() => list.show(from, to), [list, from, to])
  useEffect(() => {
    if (list.total !== undefined) onTotal(list.total)
  }, [list.total])
  const inner = rowHeight - (isCompact ? 0 : GAP)
  const name = isCompact ? "lines" : "cards"
  return (
    <>
      <Failure error={list.error} />
      {list.total === undefined && list.error === undefined ? <p class="loading">{t.list.loading}</p> : null}
      <div class={name} ref={ref} role="list" aria-label={t.screens.videos} style={{ blockSize: `${height}px` }}>
        {rows.map(({ index, start }) => (
          <div key={index} class="grid-row" role="presentation" style={styleOf(start - offset, inner, columns)}>
            <Row list={list} isCompact={isCompact} columns={columns} index={index} />
          </div>
        ))}
      </div>
    </>
  )
}
