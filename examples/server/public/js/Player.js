import { Choice } from "./Choice.js"
import { Controls } from "./Controls.js"
import { find, setText } from "./Elements.js"
import { watchIdleness } from "./Fullscreen.js"
import { isLive } from "./Live.js"
import { play } from "./Playback.js"
import { isSettled, playedFrom, summaryOf, titleOf } from "./Video.js"

/** @typedef {import("./Video.js").Video} Video */
/** @typedef {import("./Playback.js").Playback} Playback */

const AGAIN = "Retry"
const UPGRADE = "Switch to the new version"
const REPLAY = "Watch the replay"
const OVER = "The live has ended."

/**
 * The file of a URL. The query changes with each signature.
 * @param {string} url
 */
const fileOf = (url) => new URL(url, location.href).pathname

/** The dialog in which videos are played. */
export class Player {
  /** @type {Playback | undefined} */
  #playback
  #dialog = find(document, "#player", HTMLDialogElement)
  #title = find(this.#dialog, "h2", HTMLElement)
  #frame = find(this.#dialog, ".frame", HTMLElement)
  #media = find(this.#dialog, "video", HTMLVideoElement)
  #note = find(this.#dialog, ".player-note", HTMLElement)
  #again = find(this.#dialog, "[data-again]", HTMLButtonElement)
  #stage = find(this.#dialog, ".stage", HTMLElement)
  #controls = new Controls(this.#stage, this.#media, () => this.#playback?.newest() ?? null)
  #quality = new Choice(find(this.#dialog, "[data-quality]", HTMLElement), (_) => this.#playback?.chooseQuality(_))
  #captions = new Choice(find(this.#dialog, "[data-captions]", HTMLElement), (_) => this.#playback?.chooseCaptions(_))
  /** @type {Video | undefined} */
  #video
  /** What is being played: the video may have a newer playlist by now. @type {string | undefined} */
  #url
  /** Tells a playback that comes too late that it is not wanted any more. */
  #turn = 0
  #failed = false
  /** Whether the current source is a live, which may have ended. */
  #broadcast = false

  constructor() {
    find(this.#dialog, "[data-close]", HTMLButtonElement).addEventListener("click", () => this.#dialog.close())
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close()
    })
    this.#dialog.addEventListener("close", () => this.#closed())
    this.#again.addEventListener("click", () => this.#load({ at: this.#goOnAt, autoplay: true }))
    this.#media.addEventListener("ended", () => this.#broadcast || this.#upgrade(0))
    watchIdleness(this.#stage)
  }

  /** @param {Video} video */
  open(video) {
    this.#video = video
    const largest = [...video.files, ...video.webVideos].find((file) => file.width > 0)
    this.#frame.style.setProperty("--ratio", largest === undefined ? "16 / 9" : `${largest.width} / ${largest.height}`)
    this.#media.poster = video.thumbnailUrl ?? ""
    this.#dialog.showModal()
    this.#controls.focus()
    void this.#load({ at: 0, autoplay: true })
  }

  /**
   * Updates the player's video. A newer playlist is used at once while nothing plays. Otherwise the current one plays to
   * its end, unless the user requests the switch.
   * @param {ReadonlyArray<Video>} videos
   */
  update(videos) {
    if (!this.#dialog.open) return
    const video = videos.find(({ uuid }) => uuid === this.#video?.uuid)
    if (video === undefined) return
    this.#video = video
    // An ended live plays to its end, because its replay is a different source.
    if (this.#media.paused && !this.#media.seeking && !this.#failed && !this.#broadcast)
      this.#upgrade(this.#media.currentTime)
    this.#describe()
  }

  /** @param {number} at */
  #upgrade(at) {
    // A source that has not started to load would have started automatically.
    if (this.#isOutdated) void this.#load({ at, autoplay: this.#media.readyState === 0 })
  }

  /** A live has a separate clock. */
  get #goOnAt() {
    return this.#broadcast ? 0 : this.#media.currentTime
  }

  get #isOutdated() {
    const url = this.#video === undefined ? null : playedFrom(this.#video)
    return this.#url !== undefined && url !== null && fileOf(this.#url) !== fileOf(url)
  }

  /** @param {{ at: number, autoplay: boolean }} options */
  async #load({ at, autoplay }) {
    const video = this.#video
    const url = video === undefined ? null : playedFrom(video)
    if (video === undefined || url === null) return
    this.#stop()
    const turn = this.#turn
    this.#url = url
    this.#failed = false
    this.#broadcast = isLive(video)
    this.#describe()
    const isPlaylist = video.playlistUrl !== null
    const playback = await play(this.#media, {
      source: { url, isPlaylist, isLive: this.#broadcast, captions: video.captions },
      at,
      onQualities: (qualities) => this.#quality.offer(qualities),
      onCaptions: (captions) => this.#captions.offer(captions),
      onFailure: (message) => this.#fail(turn, message)
    })
    if (turn !== this.#turn) return playback.stop()
    this.#playback = playback
    this.#captions.repeat()
    // The browser may block automatic playback. The user then presses play.
    if (autoplay) this.#media.play().catch(() => {})
  }

  #closed() {
    this.#stop()
    // Restores the focus of the button that opened the dialog, unless its video was deleted.
    const focused = document.activeElement
    if (focused === document.body || this.#dialog.contains(focused))
      find(document, "#videos-heading", HTMLElement).focus()
  }

  #stop() {
    this.#turn += 1
    this.#playback?.stop()
    this.#playback = undefined
    this.#url = undefined
    this.#quality.offer([])
    this.#captions.offer([])
  }

  #describe() {
    if (this.#video === undefined) return
    const isOver = this.#broadcast && !isLive(this.#video)
    setText(this.#title, titleOf(this.#video))
    this.#controls.show({ isLive: this.#broadcast, isOver, previews: this.#video.storyboard?.trackUrl })
    if (this.#failed && !isOver) return
    setText(this.#note, isOver ? OVER : isSettled(this.#video) ? "" : summaryOf(this.#video))
    this.#offerAgain(this.#isOutdated ? (isOver ? REPLAY : UPGRADE) : undefined)
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
    if (text === undefined && document.activeElement === this.#again) this.#controls.focus()
    this.#again.hidden = text === undefined
    setText(this.#again, text ?? "")
  }
}
