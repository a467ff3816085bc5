import { find, setText } from "./Elements.js"
import { clock } from "./Format.js"
import { loadPreviews } from "./Previews.js"

/** Width of the knob in pixels, as in the style sheet. */
const KNOB = 16

/** Seconds of the video. */
const LINGER = 2

/** @param {number} share */
const inPercent = (share) => `${(100 * share).toFixed(2)}%`

/** The seek bar of a video, with a preview of the target position. */
export class SeekBar {
  #range
  #preview
  #tile
  #time
  #media
  /** @type {(seconds: number) => import("./Previews.js").Tile | undefined} */
  #tileAt = () => undefined
  /** @type {string | undefined} */
  #track
  /** Target of a keyboard seek. Its preview is hidden when playback goes on. @type {number | undefined} */
  #arrivedAt

  /**
   * @param {HTMLElement} element
   * @param {HTMLVideoElement} media
   */
  constructor(element, media) {
    this.#range = find(element, "input", HTMLInputElement)
    this.#preview = find(element, ".preview", HTMLElement)
    this.#tile = find(element, ".tile", HTMLElement)
    this.#time = find(element, ".preview-time", HTMLElement)
    this.#media = media
    for (const event of ["timeupdate", "durationchange", "progress", "seeking", "emptied"]) {
      media.addEventListener(event, () => this.#draw())
    }
    this.#range.addEventListener("input", () => {
      media.currentTime = this.#range.valueAsNumber
      this.#show(this.#range.valueAsNumber)
    })
    this.#range.addEventListener("pointermove", (event) => this.#point(event))
    for (const event of ["pointerleave", "pointercancel", "blur"]) {
      this.#range.addEventListener(event, () => this.#hide())
    }
    // Touch has no hover state.
    this.#range.addEventListener("pointerup", (event) => event.pointerType === "mouse" || this.#hide())
  }

  /**
   * Seeks by some seconds and shows a preview.
   * @param {number} seconds
   */
  step(seconds) {
    if (!this.#isUsable) return
    const to = Math.min(this.#length, Math.max(0, this.#media.currentTime + seconds))
    this.#media.currentTime = to
    this.#draw()
    if (document.activeElement !== this.#range) return
    this.#show(to)
    this.#arrivedAt = to
  }

  /**
   * Loads the thumbnails of a video. Without thumbnails, only times are shown.
   * @param {string | undefined} track the URL of its thumbnail track
   */
  async illustrate(track) {
    if (track === this.#track) return
    this.#track = track
    this.#tileAt = () => undefined
    const tileAt = track === undefined ? undefined : await loadPreviews(track).catch(() => undefined)
    if (tileAt === undefined || track !== this.#track) return
    this.#tileAt = tileAt
    // Loaded early, so that the first preview appears without delay.
    const first = tileAt(0)
    if (first !== undefined) new Image().src = first.url
  }

  get #length() {
    return this.#media.duration || 0
  }

  get #isUsable() {
    return this.#length > 0 && Number.isFinite(this.#length)
  }

  #draw() {
    const { buffered, currentTime } = this.#media
    const length = this.#isUsable ? this.#length : 0
    if (this.#arrivedAt !== undefined && currentTime > this.#arrivedAt + LINGER) this.#hide()
    this.#range.disabled = length === 0
    this.#range.max = `${length}`
    this.#range.value = `${currentTime}`
    this.#range.setAttribute("aria-valuetext", `${clock(currentTime)} of ${clock(length)}`)
    const loaded = buffered.length === 0 ? 0 : buffered.end(buffered.length - 1)
    this.#range.style.setProperty("--played", inPercent(length === 0 ? 0 : currentTime / length))
    this.#range.style.setProperty("--loaded", inPercent(length === 0 ? 0 : Math.min(1, loaded / length)))
  }

  /** @param {PointerEvent} event */
  #point({ clientX }) {
    const { left, width } = this.#range.getBoundingClientRect()
    // The center of the knob stays half its width away from either end.
    const share = (clientX - left - KNOB / 2) / (width - KNOB)
    this.#show(Math.min(1, Math.max(0, share)) * this.#length)
  }

  /** @param {number} seconds */
  #show(seconds) {
    if (!this.#isUsable) return
    this.#arrivedAt = undefined
    const tile = this.#tileAt(seconds)
    this.#tile.hidden = tile === undefined
    if (tile !== undefined) {
      this.#tile.style.width = `${tile.width}px`
      this.#tile.style.height = `${tile.height}px`
      this.#tile.style.backgroundImage = `url("${tile.url}")`
      this.#tile.style.backgroundPosition = `-${tile.x}px -${tile.y}px`
    }
    setText(this.#time, clock(Math.floor(seconds)))
    this.#preview.hidden = false
    this.#place(seconds / this.#length)
  }

  /** @param {number} share */
  #place(share) {
    const width = this.#range.offsetWidth
    const half = this.#preview.offsetWidth / 2
    const middle = KNOB / 2 + share * (width - KNOB)
    this.#preview.style.left = `${Math.max(half, Math.min(width - half, middle))}px`
  }

  #hide() {
    this.#arrivedAt = undefined
    this.#preview.hidden = true
  }
}
