import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { client } from "../api/client.ts"
import { navigate, watchUrl } from "../state/router.ts"
import { PAGE, type VideoList } from "../state/videoList.ts"
import { t } from "../texts.ts"
import { type Bulk, BulkBar } from "../ui/Bulk.tsx"
import { Button } from "../ui/Button.tsx"
import { Failure } from "../ui/basic.tsx"
import { useRowKeys, useSelection } from "../ui/rows.ts"
import { useScale } from "../ui/scale.ts"
import { useWindow } from "../ui/virtual.ts"
import { VideoCard, VideoLine } from "./VideoCard.tsx"

/** Tenths of a rem, as in the style sheets. */
const GAP = 16
const CARD_WIDTH = 230
/** The height of a card below its picture. */
const CARD_TEXT = 136
const LINE = 56

/** Heights in pixels. Those of rows include the gap below them. */
const shapeOf = (width: number, isCompact: boolean, scale: number) => {
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

/** Milliseconds for which a page is in view before it is read. A fast scroll reads none. */
const PAUSE = 60

/** Reads the pages of the list whose videos are in view. */
const useShown = ({ show }: VideoList, from: number, to: number) => {
  const first = Math.floor(from / PAGE)
  const last = Math.floor(to / PAGE)
  useEffect(() => {
    const timer = setTimeout(() => show(first, last), PAUSE)
    return () => clearTimeout(timer)
  }, [first, last])
}

/** Events of the server bring the changes into the list. */
const bulk: Bulk = {
  texts: t.bulk.videos,
  send: (action, ids, priority) => client.changeVideos({ body: { action, videos: ids, priority } }),
  onChange: () => Promise.resolve()
}

interface Props {
  readonly list: VideoList
  readonly isCompact: boolean
}

interface SelectedProps extends Pick<VideoList, "videos"> {
  readonly selection: ReturnType<typeof useSelection>
}

const Selected = ({ selection: { keys, set }, videos }: SelectedProps) => {
  const loaded = videos.flatMap((video) => video?.uuid ?? [])
  return keys.length === 0 ? null : (
    <BulkBar bulk={bulk} ids={keys} clear={() => set([])}>
      {loaded.length > keys.length && (
        <Button look="small" data-action="all" onClick={() => set(loaded)}>
          {t.bulk.selectAll(loaded.length)}
        </Button>
      )}
    </BulkBar>
  )
}

interface RowProps extends Props {
  readonly selection: ReturnType<typeof useSelection>
  readonly marked: string | undefined
  readonly first: number
  readonly end: number
}

const Row = ({ end, first, isCompact, list, marked, selection }: RowProps) => {
  const Item = isCompact ? VideoLine : VideoCard
  const places = Array.from({ length: end - first }, (_, index) => first + index)
  return (
    <>
      {places.map((place) => {
        const video = list.videos[place]
        return (
          <div key={video?.uuid ?? place} role="listitem" aria-setsize={list.total} aria-posinset={place + 1}>
            {video === undefined ? (
              <div class="placeholder" />
            ) : (
              <Item
                video={video}
                isSelected={selection.keys.includes(video.uuid)}
                isMarked={marked === video.uuid}
                onSelect={selection.toggle}
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
export const VideoGrid = (props: Props) => {
  const { isCompact, list } = props
  const { error, total = 0, videos } = list
  const { columns, gap, ref, rowHeight } = useShape(isCompact)
  const { height, offset, rows, show } = useWindow(ref, Math.ceil(total / columns), rowHeight)
  const selection = useSelection()
  const marked = useRowKeys({
    keys: () => videos.map((video) => video?.uuid),
    show: (index) => show(Math.floor(index / columns)),
    toggle: selection.toggle,
    open: (id) => navigate(watchUrl(id))
  })
  const endOf = (index: number) => Math.min(total, (index + 1) * columns)
  useShown(list, (rows[0]?.index ?? 0) * columns, Math.max(1, endOf(rows.at(-1)?.index ?? 0)) - 1)
  const inner = rowHeight - gap
  return (
    <>
      <Failure error={error} />
      <Selected videos={videos} selection={selection} />
      {list.total === undefined && error === undefined && <p class="loading">{t.list.loading}</p>}
      <div
        class={isCompact ? "lines" : "cards"}
        ref={ref}
        role="list"
        aria-label={t.screens.videos}
        data-selecting={selection.keys.length > 0}
        style={{ blockSize: `${height}px` }}
      >
        {rows.map(({ index, start }) => (
          <div key={index} class="grid-row" role="presentation" style={styleOf(start - offset, inner, columns)}>
            <Row {...props} selection={selection} marked={marked} first={index * columns} end={endOf(index)} />
          </div>
        ))}
      </div>
    </>
  )
}
