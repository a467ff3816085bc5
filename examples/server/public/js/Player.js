import { find, setText } from "./Elements.js"
import { play } from "./Playback.js"
import { isSettled, summaryOf, titleOf } from "./Video.js"

/** @typedef {import("./Video.js").Video} Video */
/** @typedef {import("./Playback.js").Playback} Playback */
/** @typedef {import("./Playback.js").Quality} Quality */

const AGAIN = "Try again"
const UPGRADE = "Switch to the new quality"

/** The dialog in which videos are played. */
export class Player {
  #dialog = find(document, "#player", HTMLDialogElement)
  #title = find(this.#dialog, "h2", HTMLElement)
  #frame = find(this.#dialog, ".frame", HTMLElement)
  #media = find(this.#dialog, "video", HTMLVideoElement)
  #note = find(this.#dialog, ".player-note", HTMLElement)
  #again = find(this.#dialog, "[data-again]", HTMLButtonElement)
  #quality = find(this.#dialog, ".quality", HTMLElement)
  #select = find(this.#dialog, "select", HTMLSelectElement)
  /** @type {Video | undefined} */
  #video
  /** What is being played: the video may have a newer playlist by now. @type {string | undefined} */
  #url
  /** @type {Playback | undefined} */
  #playback
  /** Tells a playback that comes too late that it is not wanted any more. */
  #turn = 0
  #failed = false

  constructor() {
    find(this.#dialog, "[data-close]", HTMLButtonElement).addEventListener("click", () => this.#dialog.close())
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close()
    })
    this.#dialog.addEventListener("close", () => this.#closed())
    this.#again.addEventListener("click", () => this.#load({ at: this.#media.currentTime, autoplay: true }))
    this.#media.addEventListener("ended", () => this.#upgrade(0))
    this.#select.addEventListener("change", () => this.#playback?.choose(Number(this.#select.value)))
  }

  /** @param {Video} video */
  open(video) {
    this.#video = video
    const largest = video.files.find((file) => file.width > 0)
    this.#frame.style.setProperty("--ratio", largest === undefined ? "16 / 9" : `${largest.width} / ${largest.height}`)
    this.#media.poster = video.thumbnailUrl ?? ""
    this.#dialog.showModal()
    this.#media.focus()
    void this.#load({ at: 0, autoplay: true })
  }

  /**
   * Takes note of what the videos are now. A newer playlist is taken up while nothing plays; what plays is played to
   * its end, unless the user asks for the switch.
   * @param {ReadonlyArray<Video>} videos
   */
  update(videos) {
    if (!this.#dialog.open) return
    const video = videos.find(({ uuid }) => uuid === this.#video?.uuid)
    if (video === undefined) return
    this.#video = video
    if (this.#media.paused && !this.#media.seeking && !this.#failed) this.#upgrade(this.#media.currentTime)
    this.#describe()
  }

  /** @param {number} at */
  #upgrade(at) {
    // What has not begun to load was going to start by itself.
    if (this.#isOutdated) void this.#load({ at, autoplay: this.#media.readyState === 0 })
  }

  get #isOutdated() {
    return this.#url !== undefined && this.#video !== undefined && this.#url !== this.#video.playlistUrl
  }

  /** @param {{ at: number, autoplay: boolean }} options */
  async #load({ at, autoplay }) {
    const url = this.#video?.playlistUrl ?? undefined
    if (url === undefined) return
    this.#stop()
    const turn = this.#turn
    this.#url = url
    this.#failed = false
    this.#describe()
    const playback = await play(this.#media, {
      url,
      at,
      onQualities: (qualities) => this.#offer(qualities),
      onFailure: (message) => this.#fail(turn, message)
    })
    if (turn !== this.#turn) return playback.stop()
    this.#playback = playback
    // The browser may refuse to start by itself; the user then presses play.
    if (autoplay) this.#media.play().catch(() => {})
  }

  #closed() {
    this.#stop()
    // The button that opened the dialog gets the focus back, unless its video has been deleted meanwhile.
    const focused = document.activeElement
    if (focused === document.body || this.#dialog.contains(focused))
      find(document, "#videos-heading", HTMLElement).focus()
  }

  #stop() {
    this.#turn += 1
    this.#playback?.stop()
    this.#playback = undefined
    this.#url = undefined
    this.#offer([])
  }

  /** @param {ReadonlyArray<Quality>} qualities */
  #offer(qualities) {
    this.#select.replaceChildren(...qualities.map(({ name, value }) => new Option(name, `${value}`)))
    this.#quality.hidden = qualities.length === 0
  }

  #describe() {
    if (this.#video === undefined) return
    setText(this.#title, titleOf(this.#video))
    if (this.#failed) return
    setText(this.#note, isSettled(this.#video) ? "" : summaryOf(this.#video))
    this.#offerAgain(this.#isOutdated ? UPGRADE : undefined)
  }

  /**
   * @param {number} turn
   * @param {string} message
   */
  #fail(turn, message) {
    if (turn !== this.#turn) return
    this.#failed = true
    setText(this.#note, message)
    this.#offerAgain(AGAIN)
  }

  /** @param {string | undefined} text */
  #offerAgain(text) {
    if (text === undefined && document.activeElement === this.#again) this.#media.focus()
    this.#again.hidden = text === undefined
    setText(this.#again, text ?? "")
  }
}
