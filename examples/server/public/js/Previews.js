/** @typedef {{ url: string, x: number, y: number, width: number, height: number }} Tile a part of a picture */

const PART = /#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/

/**
 * @param {string} text of a cue: the image and the region in it
 * @param {string} base
 * @returns {Tile | undefined}
 */
const tileIn = (text, base) => {
  const part = PART.exec(text.trim())
  if (part === null) return undefined
  const [x = 0, y = 0, width = 0, height = 0] = part.slice(1).map(Number)
  return { url: new URL(text.trim().slice(0, part.index), new URL(base, location.href)).href, x, y, width, height }
}

/**
 * Reads a thumbnail track with the browser's WebVTT parser, in a hidden video element.
 * @param {string} url
 * @returns {Promise<(seconds: number) => Tile | undefined>}returns the thumbnail at a position
 */
export const loadPreviews = (url) =>
  new Promise((resolve, reject) => {
    const media = document.createElement("video")
    const element = Object.assign(document.createElement("track"), { kind: "metadata", src: url })
    element.addEventListener("error", () => reject(new Error("The previews could not be loaded.")))
    element.addEventListener("load", () => {
      const cues = [...(element.track.cues ?? [])].map((cue) => ({
        from: cue.startTime,
        tile: tileIn(/** @type {VTTCue} */ (cue).text, url)
      }))
      // The last thumbnail also covers the rest of the video.
      resolve((seconds) => cues.findLast(({ from }) => from <= seconds)?.tile)
    })
    media.append(element)
    element.track.mode = "hidden"
  })
