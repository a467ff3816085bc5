import { find, setText } from "./Elements.js"
import { clock } from "./Format.js"
import { toggleFullscreen } from "./Fullscreen.js"
import { SeekBar } from "./SeekBar.js"

/** Seconds that an arrow key seeks. */
const STEP = 5
/** Delay in seconds from which a live counts as behind. */
const BEHIND = 20

/**
 * Whether the element handles this key itself.
 * @param {EventTarget | null} target
 * @param {string} key
 */
const isItsOwn = (target, key) =>
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLButtonElement && (key === " " || key === "Enter")) ||
  (target instanceof HTMLInputElement && target.dataset.volume !== undefined)

/** The controls of the player and their keyboard shortcuts. */
export class Controls {
  #media
  #stage
  #bar
  #play
  #live
  #mute
  #volume
  #time
  #newest

  /**
   * @param {HTMLElement} stage
   * @param {HTMLVideoElement} media
   * @param {() => number | null} newest the current position of a live
   */
  constructor(stage, media, newest) {
    this.#media = media
    this.#stage = stage
    this.#newest = newest
    this.#bar = new SeekBar(find(stage, ".seek", HTMLElement), media)
    this.#play = find(stage, "[data-play]", HTMLButtonElement)
    this.#live = find(stage, "[data-live]", HTMLButtonElement)
    this.#mute = find(stage, "[data-mute]", HTMLButtonElement)
    this.#volume = find(stage, "[data-volume]", HTMLInputElement)
    this.#time = find(stage, ".time", HTMLElement)
    this.#listen()
    this.#draw()
  }

  #listen() {
    this.#play.addEventListener("click", () => this.#toggle())
    this.#media.addEventListener("click", () => this.#toggle())
    this.#live.addEventListener("click", () => this.#catchUp())
    this.#mute.addEventListener("click", () => this.#toggleSound())
    this.#volume.addEventListener("input", () => {
      this.#media.volume = this.#volume.valueAsNumber
      this.#media.muted = false
    })
    find(this.#stage, "[data-fullscreen]", HTMLButtonElement).addEventListener("click", () => this.#toggleFullscreen())
    this.#media.addEventListener("dblclick", () => this.#toggleFullscreen())
    this.#stage.addEventListener("keydown", (event) => this.#press(event))
    for (const event of [
      "play",
      "pause",
      "ended",
      "timeupdate",
      "durationchange",
      "volumechange",
      "waiting",
      "playing"
    ]) {
      this.#media.addEventListener(event, () => this.#draw())
    }
  }

  /**
   * Applies the properties of a video.
   * @param {{ previews: string | undefined, isLive: boolean, isOver: boolean }} video isOver: the live has ended
   */
  show({ isLive, isOver, previews }) {
    this.#stage.dataset.live = `${isLive}`
    this.#stage.dataset.over = `${isOver}`
    void this.#bar.illustrate(previews)
  }

  /** Focuses the play button. */
  focus() {
    this.#play.focus()
  }

  #toggle() {
    if (this.#media.paused) this.#media.play().catch(() => {})
    else this.#media.pause()
  }

  #toggleFullscreen() {
    toggleFullscreen(this.#stage, this.#media)
  }

  #toggleSound() {
    this.#media.muted = !this.#media.muted
    if (!this.#media.muted && this.#media.volume === 0) this.#media.volume = 1
  }

  #catchUp() {
    const newest = this.#newest()
    if (newest !== null) this.#media.currentTime = newest
    this.#media.play().catch(() => {})
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || isItsOwn(event.target, event.key)) return
    /** @type {Readonly<Record<string, () => void>>} */
    const keys = {
      " ": () => this.#toggle(),
      k: () => this.#toggle(),
      m: () => this.#toggleSound(),
      f: () => this.#toggleFullscreen(),
      ArrowLeft: () => this.#bar.step(-STEP),
      ArrowRight: () => this.#bar.step(STEP)
    }
    const act = keys[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }

  get #isBehind() {
    const newest = this.#newest()
    return this.#media.paused || (newest !== null && newest - this.#media.currentTime > BEHIND)
  }

  #draw() {
    const { currentTime, duration, muted, paused, readyState, volume } = this.#media
    const isSilent = muted || volume === 0
    this.#stage.dataset.paused = `${paused}`
    this.#stage.dataset.waiting = `${!paused && readyState < this.#media.HAVE_FUTURE_DATA}`
    this.#stage.dataset.silent = `${isSilent}`
    this.#play.setAttribute("aria-label", paused ? "Play" : "Pause")
    this.#mute.setAttribute("aria-label", isSilent ? "Unmute" : "Mute")
    this.#volume.value = `${isSilent ? 0 : volume}`
    this.#live.dataset.behind = `${this.#isBehind}`
    const length = Number.isFinite(duration) ? duration : 0
    setText(this.#time, `${clock(Math.floor(currentTime))} / ${clock(length)}`)
  }
}
