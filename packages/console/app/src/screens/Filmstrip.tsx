import { useEffect, useRef, useState } from "preact/hooks"
import { clock } from "../state/format.ts"
import { loadTiles, type Tile } from "../state/storyboard.ts"
import { t } from "../texts.ts"

const useTiles = (trackUrl: string | undefined): ReadonlyArray<Tile> => {
  const [tiles, setTiles] = useState<ReadonlyArray<Tile>>([])
  useEffect(() => {
    if (trackUrl !== undefined) void loadTiles(trackUrl).then(setTiles, () => undefined)
  }, [trackUrl])
  return tiles
}

const tileAt = (tiles: ReadonlyArray<Tile>, seconds: number) =>
  tiles.findLast(({ from }) => from <= seconds) ?? tiles[0]

const FRAMES = 10

const Picture = ({ tile }: { readonly tile: Tile | undefined }) => (
  <span
    class="frame"
    style={
      tile && {
        aspectRatio: `${tile.width} / ${tile.height}`,
        inlineSize: `${tile.width}px`,
        backgroundImage: `url("${tile.url}")`,
        backgroundPosition: `-${tile.x}px -${tile.y}px`
      }
    }
  />
)

interface Props {
  readonly trackUrl: string | undefined
  readonly duration: number
  readonly start: number
  readonly end: number
  readonly onChange: (range: { readonly start: number; readonly end: number }) => void
}

/** The pictures of a video in a row, with two handles for the part to keep. The frames at both handles are shown below. */
export const Filmstrip = ({ duration, end, onChange, start, trackUrl }: Props) => {
  const tiles = useTiles(trackUrl)
  const strip = useRef<HTMLDivElement>(null)
  const share = (seconds: number) => `${(100 * seconds) / duration}%`
  const handle = (name: "start" | "end", value: number) => (
    <input
      type="range"
      class={`handle handle-${name}`}
      aria-label={t.edit.handle[name]}
      aria-valuetext={clock(value)}
      min={0}
      max={duration}
      step={1}
      value={value}
      onInput={({ currentTarget }) => {
        const wanted = currentTarget.valueAsNumber
        const allowed = name === "start" ? Math.min(wanted, end - 1) : Math.max(wanted, start + 1)
        currentTarget.valueAsNumber = allowed
        onChange(name === "start" ? { start: allowed, end } : { start, end: allowed })
      }}
    />
  )
  return (
    <div class="filmstrip-box">
      <div class="filmstrip" ref={strip} dir="ltr">
        <div class="frames" aria-hidden="true">
          {Array.from({ length: FRAMES }, (_, index) => (
            <Picture key={index} tile={tileAt(tiles, ((index + 0.5) * duration) / FRAMES)} />
          ))}
        </div>
        <div class="shade" style={{ left: 0, width: share(start) }} />
        <div class="shade" style={{ right: 0, width: share(duration - end) }} />
        {handle("start", start)}
        {handle("end", end)}
      </div>
      {tiles.length === 0 ? null : (
        <div class="filmstrip-ends" aria-hidden="true" dir="ltr">
          <Picture tile={tileAt(tiles, start)} />
          <Picture tile={tileAt(tiles, end - 0.1)} />
        </div>
      )}
    </div>
  )
}
