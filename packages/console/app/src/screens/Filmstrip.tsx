import { useEffect, useState } from "preact/hooks"
import { type Part, STEP } from "../state/edit.ts"
import { clockTenths } from "../state/format.ts"
import { loadTiles, type Tile } from "../state/storyboard.ts"
import { t } from "../texts.ts"
import { useScale } from "../ui/scale.ts"

const useTiles = (trackUrl: string | null | undefined): ReadonlyArray<Tile> => {
  const [tiles, setTiles] = useState<ReadonlyArray<Tile>>([])
  useEffect(() => {
    if (trackUrl != null) void loadTiles(trackUrl).then(setTiles, () => undefined)
  }, [trackUrl])
  return tiles
}

const tileAt = (tiles: ReadonlyArray<Tile>, seconds: number) =>
  tiles.findLast(({ from }) => from <= seconds) ?? tiles[0]

const FRAMES = 8
/** The height of the strip and the width of a handle in tenths of a rem, as in the style sheet. */
const HEIGHT = 60
const HANDLE = 12

/** The middle of a tile, as high as the strip. */
const Picture = ({ height, tile }: { readonly height: number; readonly tile: Tile | undefined }) => (
  <span class="frame">
    {tile === undefined ? null : (
      <span
        style={{
          inlineSize: `${tile.width}px`,
          blockSize: `${tile.height}px`,
          backgroundImage: `url("${tile.url}")`,
          backgroundPosition: `-${tile.x}px -${tile.y}px`,
          transform: `translateX(-50%) scale(${height / tile.height})`
        }}
      />
    )}
  </span>
)

interface HandleProps {
  readonly name: keyof Part
  readonly part: Part
  /** Seconds. */
  readonly duration: number
  /** Returns the time that was possible. */
  readonly onMove: (name: keyof Part, seconds: number) => number
}

const Handle = ({ duration, name, onMove, part }: HandleProps) => (
  <input
    type="range"
    class={`handle handle-${name}`}
    aria-label={t.edit.handle[name]}
    aria-valuetext={clockTenths(part[name])}
    min={0}
    max={duration}
    step={STEP}
    value={part[name]}
    onInput={({ currentTarget }) => {
      currentTarget.valueAsNumber = onMove(name, currentTarget.valueAsNumber)
    }}
  />
)

/** The middle of a handle at this time. */
const place = (seconds: number, duration: number) =>
  `calc(${HANDLE / 20}rem + (100% - ${HANDLE / 10}rem) * ${Math.min(1, seconds / duration)})`

/** The pictures of a video in a row, with two handles for the part to keep. */
export const Filmstrip = (props: Omit<HandleProps, "name"> & { readonly trackUrl: string | null | undefined }) => {
  const { duration, onMove, part, trackUrl } = props
  const tiles = useTiles(trackUrl)
  const height = HEIGHT * useScale()
  return (
    <div class="filmstrip" dir="ltr">
      <div class="frames" aria-hidden="true">
        {Array.from({ length: FRAMES }, (_, index) => (
          <Picture key={index} height={height} tile={tileAt(tiles, ((index + 0.5) * duration) / FRAMES)} />
        ))}
      </div>
      <div class="shade" style={{ left: 0, width: place(part.start, duration) }} />
      <div class="shade" style={{ left: place(part.end, duration), right: 0 }} />
      <Handle name="start" part={part} duration={duration} onMove={onMove} />
      <Handle name="end" part={part} duration={duration} onMove={onMove} />
    </div>
  )
}
