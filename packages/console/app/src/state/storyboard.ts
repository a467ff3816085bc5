export interface Tile {
  readonly from: number
  readonly url: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const PART = /#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/

/** Reads the image and the region of a cue. */
const tileOf = (cue: VTTCue, base: string): ReadonlyArray<Tile> => {
  const text = cue.text.trim()
  const part = PART.exec(text)
  if (part === null) return []
  const [x = 0, y = 0, width = 0, height = 0] = part.slice(1).map(Number)
  const url = new URL(text.slice(0, part.index), new URL(base, location.href)).href
  return [{ from: cue.startTime, url, x, y, width, height }]
}

/** Reads a thumbnail track with the browser's WebVTT parser, in a hidden video element. */
export const loadTiles = (url: string): Promise<ReadonlyArray<Tile>> =>
  new Promise((resolve, reject) => {
    const media = document.createElement("video")
    const element = Object.assign(document.createElement("track"), { kind: "metadata", src: url })
    element.addEventListener("error", () => reject(new Error(url)))
    element.addEventListener("load", () =>
      resolve([...(element.track.cues ?? [])].flatMap((cue) => tileOf(cue as VTTCue, url)))
    )
    media.append(element)
    element.track.mode = "hidden"
  })
